internal import ByteStreams
internal import DequeModule
internal import Dispatch
internal import Synchronization
internal import SystemPackage

/// Reads a stream in files, on a thread of its own.
final class FileStreamReader: ByteStreamReader {
    /// The cursor may block, and belongs to this queue.
    private final class Owner: @unchecked Sendable {  // Touched only on the reader's queue.
        var cursor: FileStreamCursor?

        init(_ cursor: FileStreamCursor) {
            self.cursor = cursor
        }
    }

    private let name: StreamName
    private let owner: Owner
    private let queue: DispatchQueue
    /// The piece that was asked for last, and those behind it that came along.
    private let handed = Mutex<Deque<ReadPiece>>([])
    private let wait: TailWait
    private let isStopped = Atomic<Bool>(false)

    init(name: StreamName, cursor: FileStreamCursor, wait: TailWait) {
        self.name = name
        self.wait = wait
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
        while !isStopped.load(ordering: .acquiring) {
            if let chunk = handedChunk(at: offset, upTo: byteCount) { return chunk }
            let changeCount = wait.changeCount
            let pieces = try await onQueue { cursor throws(StreamError) in
                try cursor.pieces(at: offset)
            }
            handed.withLock { $0 = Deque(pieces) }
            if let chunk = pieces.first?.chunk(at: offset, upTo: byteCount) { return chunk }
            let bounds = try await bounds()
            if bounds.isSealed, offset >= bounds.tail { return nil }
            if offset < bounds.tail { continue }
            await wait.wait(after: changeCount)
            if Task.isCancelled { throw StreamError.waitCancelled(name) }
        }
        return nil
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

    func stop() {
        isStopped.store(true, ordering: .releasing)
        wait.wake()
    }

    func close() async {
        handed.withLock { $0 = [] }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async { [owner] in
                owner.cursor = nil
                continuation.resume()
            }
        }
        wait.close()
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (FileStreamCursor) throws(StreamError) -> Value
    ) async throws(StreamError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, StreamError>, Never>) in
            queue.async { [owner, name] in
                do throws(StreamError) {
                    guard let cursor = owner.cursor else {
                        throw StreamError(.closed, "the reader of stream \(name) is closed")
                    }
                    continuation.resume(returning: .success(try body(cursor)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
