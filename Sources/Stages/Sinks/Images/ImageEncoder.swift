internal import FFmpeg
internal import FrameFormat

/// A kind of image file.
public enum ImageType: String, Hashable, Sendable, CaseIterable {
    /// Lossless; more than 8 bits are kept.
    case png
    /// Small; 8 bits.
    case jpeg

    /// The ending of file names.
    public var fileExtension: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        }
    }
}

/// Encodes raw frames as images. Used by one task at a time; an encoder is kept as long as pictures
/// stay alike.
final class ImageEncoder {
    private let type: ImageType
    private let scaler8: PictureScaler
    private let scaler16: PictureScaler

    init(type: ImageType) {
        self.type = type
        scaler8 = PictureScaler(
            width: nil,
            height: nil,
            pixelFormat: PixelFormat(name: type == .png ? "rgb24" : "yuvj420p")
        )
        scaler16 = PictureScaler(width: nil, height: nil, pixelFormat: PixelFormat(name: "rgb48be"))
    }

    /// The bytes of an image file.
    func encode(_ frame: Frame) throws -> [UInt8] {
        var picture = try converted(Picture.make(of: frame), frame.header)
        picture.presentationTimestamp = 0
        var encoder = try Encoder(configuration(for: picture))
        _ = try encoder.send(picture)
        try encoder.finish()
        var packet = try Packet()
        guard try encoder.receive(into: &packet) == .packet else {
            throw StageError(
                .inputOutput,
                "frame \(frame.header.sequence) cannot be encoded as \(type.rawValue)"
            )
        }
        let bytes = packet.bytes
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    private func configuration(for picture: borrowing Picture) -> Encoder.Configuration {
        var configuration = Encoder.Configuration(
            encoderName: type == .png ? "png" : "mjpeg",
            width: picture.width,
            height: picture.height,
            pixelFormat: picture.pixelFormat ?? "none",
            timeBase: Fraction(1, 25)
        )
        configuration.threadCount = 1
        configuration.color = picture.color
        if type == .jpeg { configuration.options = Options([("qmin", "2"), ("qmax", "2")]) }
        return configuration
    }

    /// The picture as the type wants it: RGB for PNG, full-range BT.601 for JPEG, as JFIF means it.
    private func converted(
        _ picture: consuming Picture,
        _ header: FrameHeader
    ) throws -> Picture {
        var source = picture
        let layout = header.pixelFormat?.layout
        if layout?.flags.contains(.rgb) != true { source.color = Self.decided(header) }
        let isDeep = (layout?.bitsPerComponent ?? 8) > 8
        var color = source.color
        color.range = 2
        switch type {
        case .png:
            color.matrix = 0
            return try (isDeep ? scaler16 : scaler8).scaled(source, color: color)
        case .jpeg:
            color.matrix = 5
            return try scaler8.scaled(source, color: color)
        }
    }

    /// What unspecified colours are taken for: limited range; BT.709 from 720 rows up, BT.601
    /// below.
    private static func decided(_ header: FrameHeader) -> FFmpeg.ColorValues {
        var color = header.color.values
        let isFullByName = header.pixelFormat?.name.hasPrefix("yuvj") ?? false
        if color.range == 0 { color.range = isFullByName ? 2 : 1 }
        if color.matrix == 2 || color.matrix == 0 { color.matrix = header.height >= 720 ? 1 : 5 }
        return color
    }
}
