internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Images
internal import MediaStages
internal import Stages

/// Encodes pixels as the kinds of image that FFmpeg writes.
struct MediaImageEncoder {
    private let settings: ImageSettings

    init(_ settings: ImageSettings) {
        self.settings = settings
    }

    /// What an encoder takes, and by which name.
    private struct Choice {
        let encoder: String
        let pixelFormat: String
        var options: [(String, String)] = []
    }

    /// The bytes of an image file.
    func encode(_ pixels: ImagePixels) throws -> [UInt8] {
        let choice = choice(for: pixels)
        var picture = try Picture(
            width: pixels.width,
            height: pixels.height,
            pixelFormat: Self.pixelFormat(of: pixels)
        )
        try picture.fillTight(from: pixels.bytes.rawSpan)
        if choice.pixelFormat != picture.pixelFormat {
            // Another order of the same values.
            let scaler = PictureScaler(
                width: nil,
                height: nil,
                pixelFormat: PixelFormat(name: choice.pixelFormat)
            )
            picture = try scaler.scaled(picture)
        }
        picture.presentationTimestamp = 0
        var configuration = Encoder.Configuration(
            encoderName: choice.encoder,
            width: pixels.width,
            height: pixels.height,
            pixelFormat: choice.pixelFormat,
            timeBase: Fraction(1, 25)
        )
        configuration.options = Options(choice.options)
        var encoder = try Encoder(configuration)
        _ = try encoder.send(picture)
        try encoder.finish()
        var packet = try Packet()
        guard try encoder.receive(into: &packet) == .packet else {
            throw StageError(.inputOutput, "\(choice.encoder) gives no image")
        }
        let bytes = packet.bytes
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// FFmpeg's name for pixels as they are.
    private static func pixelFormat(of pixels: ImagePixels) -> String {
        let names =
            pixels.depth == 8
            ? ["gray", "ya8", "rgb24", "rgba"] : ["gray16be", "ya16be", "rgb48be", "rgba64be"]
        return names[pixels.channelCount - 1]
    }

    private func choice(for pixels: ImagePixels) -> Choice {
        let isDeep = pixels.depth == 16
        let count = pixels.channelCount
        switch settings.type {
        case .webp:
            let quality = [("quality", "\(settings.quality)")]
            return Choice(encoder: "libwebp", pixelFormat: "bgra", options: quality)
        case .bmp:
            return Choice(
                encoder: "bmp",
                pixelFormat: count == 1 ? "gray" : count == 3 ? "bgr24" : "bgra"
            )
        case .ppm:
            let format = Self.pixelFormat(of: pixels)
            return Choice(encoder: count == 1 ? "pgm" : "ppm", pixelFormat: format)
        case .tiff, .png, .jpeg, .copy:
            let names =
                isDeep
                ? ["gray16le", "ya16le", "rgb48le", "rgba64le"] : ["gray", "ya8", "rgb24", "rgba"]
            return Choice(
                encoder: "tiff",
                pixelFormat: names[count - 1],
                options: [("compression_algo", "deflate")]
            )
        }
    }
}
