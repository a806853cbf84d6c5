internal import Buffers
public import FrameFormat
internal import MediaStages
internal import Pipelines
internal import Stages

/// What raw frames are converted to; `nil` keeps what is.
public struct Conversion: Hashable, Sendable {
    /// Columns.
    public var width: Int?
    /// Rows.
    public var height: Int?
    /// How pixels are stored.
    public var pixelFormat: PixelFormat?

    /// Converts nothing.
    public init() {}

    /// Whether frames stay as they are.
    public var isNothing: Bool { self == Conversion() }

    /// The stages that do it.
    func transforms(_ pool: BufferPool) -> [any Transform] {
        guard !isNothing else { return [] }
        return [Scale(width: width, height: height, pixelFormat: pixelFormat, pool: pool)]
    }
}
