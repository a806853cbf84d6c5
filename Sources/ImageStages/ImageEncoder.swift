internal import Buffers
internal import Digests
internal import FFmpeg
internal import FrameFormat
internal import Images
internal import Stages

/// An image file in memory, and what was decided on the way.
struct EncodedImage: Sendable {
    /// What the frame said of itself; its payload is not needed any more.
    let header: FrameHeader
    let frame: FrameDocument
    let bytes: [UInt8]
    let width: Int
    let height: Int
    /// `nil` for a file that is copied.
    let color: ColorDecision?
    /// The SHA-256 of the bytes.
    let digest: [UInt8]
    /// What a person should hear of once.
    let remark: String?
    /// The ending of the file's name, where names ask for it.
    var ending = ""
}

/// Encodes raw frames as images in their true colours. Used by one task at a time; what was set up
/// for one picture serves those that are alike.
final class ImageEncoder {
    private let settings: ImageSettings
    private var converters: [PictureConverter.Size?: PictureConverter] = [:]
    private var jpeg: JPEGEncoder?
    private var png: PNGEncoder?

    init(_ settings: ImageSettings) {
        self.settings = settings
    }

    /// The bytes of an image file.
    func encode(_ frame: Frame) throws -> EncodedImage {
        if settings.type == .copy { return try ImageCopy.image(of: frame) }
        let picture = try RawPicture.make(of: frame)
        let converter = converter(for: settings.size(for: frame.header))
        var remark = picture.color.remark
        var orientation = Orientation.upright
        if settings.turns, let matrix = frame.header.displayMatrix {
            if let found = Images.Orientation(matrix) {
                orientation = found
            } else {
                remark = (remark.map { "\($0); " } ?? "") + "turning by no quarter is left out"
            }
        }
        let encoded: (bytes: [UInt8], width: Int, height: Int)
        do {
            if settings.type == .jpeg, let planes = try converter.jpegPlanes(of: picture) {
                let turned = planes.turned(orientation)
                encoded = (
                    try jpegEncoder().encode(
                        turned,
                        quality: settings.quality,
                        aspect: aspect(frame.header, orientation)
                    ), turned.width, turned.height
                )
            } else {
                let pixels = try converter.pixels(of: picture).turned(orientation)
                let bytes = try encode(pixels, of: picture, frame.header, orientation)
                encoded = (bytes, pixels.width, pixels.height)
            }
        } catch let error as ImageError {
            throw StageError(
                error.code == .highDynamicRange ? .refused : .unsuitable,
                "frame \(frame.header.sequence) cannot be made into an image: \(error)"
            )
        }
        return EncodedImage(
            header: frame.header,
            frame: FrameDocument(frame),
            bytes: encoded.bytes,
            width: encoded.width,
            height: encoded.height,
            color: picture.color,
            digest: SHA256.digest(of: encoded.bytes),
            remark: remark,
            ending: settings.type.fileExtension
        )
    }

    private func encode(
        _ pixels: ImagePixels,
        of picture: RawPicture,
        _ header: FrameHeader,
        _ orientation: Orientation
    ) throws -> [UInt8] {
        switch settings.type {
        case .png:
            return try pngEncoder().encode(pixels, tags: tags(picture, header, orientation))
        case .jpeg:
            let aspect = aspect(header, orientation)
            return try jpegEncoder().encode(pixels, quality: settings.quality, aspect: aspect)
        case .webp, .bmp, .tiff, .ppm, .copy:
            return try MediaImageEncoder(settings).encode(pixels)
        }
    }

    private func converter(for size: PictureConverter.Size?) -> PictureConverter {
        if let converter = converters[size] { return converter }
        var options = PictureConverter.Options()
        options.size = size
        options.depthMaximum = settings.type.depthMaximum
        options.keepsAlpha = settings.type.hasAlpha
        options.background = settings.background
        options.highDynamicRange = settings.lightHandling
        let converter = PictureConverter(options)
        // Sizes follow from the source's, of which a stream has few.
        converters = [size: converter]
        return converter
    }

    private func jpegEncoder() throws -> JPEGEncoder {
        if let jpeg { return jpeg }
        let made = try JPEGEncoder()
        jpeg = made
        return made
    }

    private func pngEncoder() throws -> PNGEncoder {
        if let png { return png }
        let made = try PNGEncoder()
        png = made
        return made
    }

    private func tags(
        _ picture: RawPicture,
        _ header: FrameHeader,
        _ orientation: Orientation
    ) -> PNGEncoder.Tags {
        var tags = PNGEncoder.Tags()
        let isMapped = picture.color.isHighDynamicRange && settings.lightHandling == .tonemap
        tags.primaries = isMapped ? 1 : picture.color.primaries
        tags.transfer = isMapped ? 13 : picture.color.transfer
        if let aspect = aspect(header, orientation) {
            (tags.aspectWidth, tags.aspectHeight) = aspect
        }
        return tags
    }

    /// Width over height of a pixel of the image, where that is not 1.
    private func aspect(
        _ header: FrameHeader,
        _ orientation: Orientation
    ) -> (UInt32, UInt32)? {
        guard settings.size == nil, !settings.squaresPixels, let aspect = header.sampleAspectRatio,
            aspect.numerator != aspect.denominator
        else { return nil }
        return orientation.isTransposed
            ? (aspect.denominator, aspect.numerator) : (aspect.numerator, aspect.denominator)
    }
}

extension ColorDecision {
    /// What was assumed, for a person; `nil` where what matters was stated.
    fileprivate var remark: String? {
        var parts: [String] = []
        if assumed.contains(.matrix) { parts.append("matrix") }
        if assumed.contains(.range), matrix != 0 { parts.append("range") }
        guard !parts.isEmpty else { return nil }
        return "nobody says the colour \(parts.joined(separator: " and ")); taken for \(self)"
    }
}
