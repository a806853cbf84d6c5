public import Buffers

/// A run of bytes to append, with its checksum.
public struct StreamPiece: Sendable {
    /// The bytes.
    public var bytes: Buffer
    /// The CRC32C of the bytes, computed by whoever made them, so that no copy goes unnoticed.
    public var checksum: CRC32C

    /// Joins bytes with a checksum that is already known.
    public init(_ bytes: Buffer, checksum: CRC32C) {
        self.bytes = bytes
        self.checksum = checksum
    }

    /// Joins bytes with the checksum computed now.
    public init(_ bytes: Buffer) {
        self.init(bytes, checksum: CRC32C(of: bytes.bytes))
    }
}

/// The one writer of a stream.
public protocol ByteStreamWriter: Sendable {
    /// How often the stream has been opened for writing, this time included; from 1.
    var epoch: UInt32 { get }

    /// Where the next byte goes.
    var tail: StreamOffset { get }

    /// The largest number of bytes that can be appended as a unit.
    var appendByteCountMaximum: Int { get }

    /// The largest number of pieces in one append.
    var pieceCountMaximum: Int { get }

    /// Accepts bytes for appending as a unit: after a failure a reader sees all of them or none.
    ///
    /// Suspends while too many accepted bytes are on their way. Returning does not mean that the
    /// bytes are durable. Calls are made one after the other.
    ///
    /// - Returns: The offset just after the bytes.
    /// - Throws: `tooLarge`, `sealed`, `fenced`, `full`, `inputOutput`; what was accepted before
    ///   and is not yet durable may then be lost, and says so through ``flush()``.
    func append(_ pieces: [StreamPiece]) async throws(StreamError) -> StreamOffset

    /// Waits until all bytes accepted before the call are durable: they survive the loss of this
    /// process and of power, as far as the system's sync call can promise.
    ///
    /// - Returns: The offset up to which the stream is durable.
    func flush() async throws(StreamError) -> StreamOffset

    /// Flushes, and lets another writer in. Nothing can be appended afterwards. Closing twice is
    /// not an error.
    func close() async throws(StreamError)
}
