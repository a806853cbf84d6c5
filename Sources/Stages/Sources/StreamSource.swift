public import Buffers
public import ByteStreams
public import FrameFormat
public import FrameStreams
public import Pipelines

/// Reads the frames and gaps of a stream. What is damaged becomes a gap, and is said.
public struct StreamSource: Source {
    /// `stream`
    public static let kind = "stream"

    private let reader: any ByteStreamReader
    private let start: FrameStreamReader.Start
    private let follows: Bool
    private let payloads: FrameStreamReader.Payloads
    private let pool: BufferPool
    private let onFault: @Sendable (StreamFaultItem) -> Void

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - reader: The stream, opened; it stays the caller's.
    ///   - start: Where to start.
    ///   - follows: Whether to wait at the tail for more.
    ///   - payloads: Whether payloads are read.
    ///   - onFault: Hears of damage as it is met.
    public init(
        _ reader: any ByteStreamReader, from start: FrameStreamReader.Start = .head,
        follows: Bool = false, payloads: FrameStreamReader.Payloads = .read, pool: BufferPool,
        onFault: @escaping @Sendable (StreamFaultItem) -> Void
    ) {
        self.reader = reader
        self.start = start
        self.follows = follows
        self.payloads = payloads
        self.pool = pool
        self.onFault = onFault
    }
}
