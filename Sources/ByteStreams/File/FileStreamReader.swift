internal import DequeModule
internal import Dispatch
internal import Synchronization
internal import SystemPackage

/// Reads a stream in files, on a thread of its own.
final class FileStreamReader: ByteStreamReader {
    /// The cursor may block, and belongs to this queue.
    private final class Owner: @unchecked Sendable {  // Touched only on the reader's queue.
        let cursor: FileStreamCursor

        init(_ cursor: FileStreamCursor) {
            self.cursor = cursor
        }
    }

    private let name: StreamName
    private let owner: Owner
    private let queue: DispatchQueue
    /// The piece that was asked for last, and those behind it that came along.
    private let handed = Mutex<Deque<ReadPiece>>([])

    init(name: StreamName, cursor: FileStreamCursor) {
        self.name = name
        owner = Owner(cursor)
        queue = DispatchQueue(label: "stream.\(name).reader")
    }

    func bounds() async throws(StreamError) -> StreamBounds {
        try await onQueue { cursor throws(StreamError) in try cursor.bounds() }
    }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        precondition(byteCount > 0, "a read asks for something")
        while true {
            if let chunk = handedChunk(at: offset, upTo: byteCount) { return chunk }
            let pieces = try await onQueue { cursor throws(StreamError) in
                try cursor.pieces(at: offset)
            }
            handed.withLock { $0 = Deque(pieces) }
            if let chunk = pieces.first?.chunk(at: offset, upTo: byteCount) { return chunk }
            let bounds = try await bounds()
            if bounds.isSealed, offset >= bounds.tail { return nil }
            if offset < bounds.tail { continue }
            try await TailWait.pause(for: FileStreamLimits.pollInterval, on: name)
        }
    }

    /// Lets go of the pieces in front of `offset`, and of all if none holds it.
    private func handedChunk(at offset: StreamOffset, upTo byteCount: Int) -> StreamChunk? {
        handed.withLock { handed in
            while let piece = handed.first {
                if let chunk = piece.chunk(at: offset, upTo: byteCount) { return chunk }
                handed.removeFirst()
            }
            return nil
        }
    }

    func close() async {}

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (FileStreamCursor) throws(StreamError) -> Value
    ) async throws(StreamError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, StreamError>, Never>) in
            queue.async { [owner] in
                do throws(StreamError) {
                    continuation.resume(returning: .success(try body(owner.cursor)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
