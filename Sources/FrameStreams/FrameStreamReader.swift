public import Buffers
public import ByteStreams

/// Reads the records of a stream one after the other.
public struct FrameStreamReader: Sendable {
    /// What becomes of payloads.
    public enum Payloads: Sendable {
        /// They are read and checked.
        case read
        /// They are not read: frames come with an empty payload and no side data.
        case skip
    }

    /// Where reading starts.
    public enum Start: Hashable, Sendable {
        /// At the first whole record of the stream.
        case head
        /// At the first record that will be appended from now on.
        case tail
        /// At the record whose first byte is here.
        case offset(StreamOffset)
    }

    /// Makes a reader; nothing is read before ``next()``.
    ///
    /// - Parameter follow: Whether to wait at the tail for more, until the stream is sealed or the task is
    ///   cancelled.
    public init(
        _ reader: any ByteStreamReader,
        pool: BufferPool,
        from start: Start = .head,
        follow: Bool = false,
        payloads: Payloads = .read
    ) {}

    /// The next record, or damage; `nil` at the end.
    public mutating func next() async throws -> StreamItem? { nil }
}
