internal import FFmpeg
internal import FrameFormat

/// Converts pictures to one size and pixel format; a scaler is kept as long as what comes in stays alike.
struct PictureScaler: ~Copyable {
    private let width: Int?
    private let height: Int?
    private let pixelFormat: PixelFormat?

    /// Keeps what is `nil` as it is.
    init(width: Int?, height: Int?, pixelFormat: PixelFormat?) throws {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
    }
}
