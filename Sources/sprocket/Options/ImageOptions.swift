public import ArgumentParser
import ImageStages
public import Images
import Jobs
internal import Stages

/// How frames become images.
struct ImageOptions: ParsableArguments {
    @Option(
        help: """
            png and tiff keep every pixel and more than 8 bits; ppm and bmp are plain; jpeg and webp are \
            small; copy writes packets that are images as the files that they are.
            """
    )
    var type: ImageType = .png

    @Option(
        help: ArgumentHelp(
            "1 to 100, for jpeg and webp: 75 is usual, 90 is hard to tell from the original.",
            valueName: "N"
        )
    )
    var quality: Int?

    @Option(help: ArgumentHelp("Scale pictures to this size, before turning.", valueName: "WxH"))
    var size: String?

    @Flag(help: "Leave pictures as they are stored, and do not turn them for showing.")
    var noRotate = false

    @Flag(help: "Stretch pictures whose pixels are not square until they are.")
    var squarePixels = false

    @Option(
        help: """
            What becomes of HDR: keep its numbers, bring its light into the standard range, or refuse it. \
            Without a word, png keeps it and says so in the file, the other types map it.
            """
    )
    var hdr: PictureConverter.HighDynamicRange?

    @Option(
        help: ArgumentHelp(
            "What transparent pixels are laid over where the type has no alpha.",
            valueName: "RRGGBB"
        )
    )
    var background: String?

    func settings() throws -> ImageSettings {
        var settings = ImageSettings()
        settings.type = type
        if type == .copy { try checkCopy() }
        if let quality {
            guard type.isLossy else {
                throw ValidationError(
                    "--quality is for jpeg and webp; \(type.rawValue) keeps every pixel"
                )
            }
            guard (1...100).contains(quality) else {
                throw ValidationError("--quality \(quality) is not between 1 and 100")
            }
            settings.quality = quality
        }
        if let size {
            guard !squarePixels else {
                throw ValidationError(
                    "--size says what --square-pixels would find out; leave one out"
                )
            }
            let wanted = try ConversionText.conversion(size: size, pixelFormat: nil)
            if let width = wanted.width, let height = wanted.height {
                settings.size = PictureConverter.Size(width: width, height: height)
            }
        }
        settings.turns = !noRotate
        settings.squaresPixels = squarePixels
        settings.highDynamicRange = hdr
        if let background { settings.background = try Self.color(background) }
        return settings
    }

    /// A file that stays what it is takes no wishes.
    private func checkCopy() throws {
        let wishes = [
            ("--size", size != nil), ("--square-pixels", squarePixels), ("--hdr", hdr != nil),
            ("--background", background != nil),
        ]
        if let (flag, _) = wishes.first(where: \.1) {
            throw ValidationError(
                "\(flag) changes pictures, and --type copy leaves the files as they are; leave one out"
            )
        }
    }

    /// Three bytes out of six hexadecimal digits.
    private static func color(_ text: String) throws -> [UInt8] {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard digits.count == 6, let value = UInt32(digits, radix: 16) else {
            throw ValidationError(
                "--background \(text) is no colour; write one as RRGGBB, such as FFFFFF"
            )
        }
        return [16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

extension ImageType: ExpressibleByArgument {}
extension PictureConverter.HighDynamicRange: ExpressibleByArgument {}
