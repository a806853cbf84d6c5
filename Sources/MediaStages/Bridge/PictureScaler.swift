package import FFmpeg
package import FrameFormat

/// Converts pictures to one size and pixel format; swscale's tables are kept as long as what comes
/// in stays alike.
package final class PictureScaler {
    /// A scaler and what it was made for.
    private final class Tables {
        let source: Scaler.Side
        let target: Scaler.Side
        private var scaler: Scaler

        init(from source: Scaler.Side, to target: Scaler.Side) throws(FFmpegError) {
            scaler = try Scaler(from: source, to: target)
            self.source = source
            self.target = target
        }

        func scale(
            _ picture: borrowing Picture,
            into result: inout Picture
        ) throws(FFmpegError) {
            try scaler.scale(from: picture, into: &result)
        }
    }

    private let width: Int?
    private let height: Int?
    private let pixelFormat: PixelFormat?
    private var tables: Tables?

    /// Keeps what is `nil` as it is.
    package init(width: Int?, height: Int?, pixelFormat: PixelFormat?) {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
    }

    /// A picture of the wanted size and pixel format.
    ///
    /// - Parameter color: What the colours of the result are to be; `nil` keeps what they are.
    package func scaled(
        _ picture: borrowing Picture,
        color: FFmpeg.ColorValues? = nil
    ) throws -> Picture {
        let format = picture.pixelFormat ?? "none"
        let source = Scaler.Side(
            width: picture.width,
            height: picture.height,
            pixelFormat: format,
            color: picture.color
        )
        let target = Scaler.Side(
            width: width ?? picture.width,
            height: height ?? picture.height,
            pixelFormat: pixelFormat?.name ?? format,
            color: color ?? picture.color
        )
        var result = try Picture(
            width: target.width,
            height: target.height,
            pixelFormat: target.pixelFormat
        )
        if tables == nil || tables?.source != source || tables?.target != target {
            tables = try Tables(from: source, to: target)
        }
        try tables?.scale(picture, into: &result)
        result.color = target.color
        return result
    }
}
