public import Buffers
internal import FFmpeg
public import FrameFormat
public import Pipelines

/// Converts raw frames to one size or pixel format; times, numbers and everything else stay.
public struct Scale: Transform {
    /// `scale`
    public static let kind = "scale"
    /// Scaling computes for long.
    public static let execution = StageExecution.blocking

    private let width: Int?
    private let height: Int?
    private let pixelFormat: PixelFormat?
    private let pool: BufferPool

    /// Converts to what is given, and keeps what is `nil`.
    public init(width: Int?, height: Int?, pixelFormat: PixelFormat?, pool: BufferPool) {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.pool = pool
    }

    /// Converts every frame that is not what is wanted already.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        let scaler = PictureScaler(width: width, height: height, pixelFormat: pixelFormat)
        while let element = try await input.next() {
            guard case .frame(let frame) = element, !isWanted(frame.header) else {
                try await output.send(element)
                continue
            }
            try await output.send(.frame(try scaled(frame, by: scaler)))
        }
    }

    private func isWanted(_ header: FrameHeader) -> Bool {
        (width.map { UInt32($0) == header.width } ?? true)
            && (height.map { UInt32($0) == header.height } ?? true)
            && (pixelFormat.map { $0 == header.pixelFormat } ?? true)
    }

    private func scaled(_ frame: Frame, by scaler: PictureScaler) throws -> Frame {
        let colors = ConversionColors(from: frame.header, to: pixelFormat, width, height)
        var source = try Picture.make(of: frame)
        source.color = colors.source
        let picture = try scaler.scaled(source, color: colors.target)
        let framer = PictureFramer(pool: pool)
        let converted = try framer.frame(
            from: picture,
            inheriting: PictureFramer.Inheritance(timeBase: frame.header.timeBase)
        )
        var result = frame
        result.payload = converted.payload
        result.header.width = converted.header.width
        result.header.height = converted.header.height
        result.header.pixelFormat = converted.header.pixelFormat
        result.header.planes = converted.header.planes
        result.header.color = colors.result
        if frame.header.width != result.header.width || frame.header.height != result.header.height
        {
            result.header.sampleAspectRatio = frame.header.stretchedAspectRatio(
                width: result.header.width,
                height: result.header.height
            )
        }
        return result
    }
}

extension FrameHeader {
    /// The sample aspect ratio that keeps the shape of the picture at another size.
    fileprivate func stretchedAspectRatio(width: UInt32, height: UInt32) -> Rational? {
        guard let ratio = sampleAspectRatio else { return nil }
        var top = UInt64(ratio.numerator) * UInt64(self.width) * UInt64(height)
        var bottom = UInt64(ratio.denominator) * UInt64(self.height) * UInt64(width)
        var (left, right) = (top, bottom)
        while right != 0 { (left, right) = (right, left % right) }
        guard left > 0 else { return nil }
        (top, bottom) = (top / left, bottom / left)
        guard let top = UInt32(exactly: top), let bottom = UInt32(exactly: bottom) else {
            return nil
        }
        return Rational(top, bottom)
    }
}
