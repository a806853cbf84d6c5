public import Buffers

/// What a reader gives back for an offset.
public struct StreamChunk: Sendable {
    /// What is known about the bytes of a chunk.
    public enum Content: Sendable {
        /// The bytes are what was appended. The CRC32C of exactly these bytes, where the store
        /// computed it.
        case sound(Buffer, checksum: CRC32C?)
        /// The store's own check failed for them, but there is something there: parts may be
        /// intact. What is wrong is said in words.
        case suspect(Buffer, detail: String)
        /// So many bytes are lost.
        case lost(byteCount: Int, detail: String)
    }

    /// The offset of the first byte.
    public var offset: StreamOffset
    /// The bytes, or what became of them.
    public var content: Content

    /// Makes a chunk.
    public init(offset: StreamOffset, content: Content) {
        self.offset = offset
        self.content = content
    }

    /// The bytes that the chunk stands for, lost ones included.
    public var byteCount: Int {
        switch content {
        case .sound(let bytes, _), .suspect(let bytes, _): bytes.byteCount
        case .lost(let byteCount, _): byteCount
        }
    }
}

/// Reads a stream at any offset. A reader has no position; whoever reads keeps the offset.
///
/// Only durable bytes are ever returned.
public protocol ByteStreamReader: Sendable {
    /// The bounds of the stream as they are now.
    func bounds() async throws(StreamError) -> StreamBounds

    /// Returns between one byte and `byteCount` bytes, waiting for the tail to move if there are
    /// none yet.
    ///
    /// Bytes come as they were appended: where a piece starts at `offset` and fits, the chunk is
    /// exactly that piece, without a copy.
    ///
    /// - Returns: `nil` at the end of a sealed stream, and once ``stop()`` was called.
    /// - Throws: `truncated` for an offset before the head; `invalid` for one behind the tail of
    ///   a sealed stream; `cancelled` when the task is cancelled while it waits; `closed` behind
    ///   ``close()``.
    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk?

    /// Ends the stream for whoever reads here: a read that waits returns at once, and every later
    /// one gives `nil`. Bounds can still be asked for. Called from any thread; twice is no
    /// different.
    func stop()

    /// Lets go of what the reader holds open. Nothing can be read afterwards; closing twice is not
    /// an error.
    func close() async
}
