internal import Dispatch
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
            let chunk = try await onQueue { cursor throws(StreamError) in
                try cursor.chunk(at: offset, upTo: byteCount)
            }
            if let chunk { return chunk }
            let bounds = try await bounds()
            if bounds.isSealed, offset >= bounds.tail { return nil }
            if offset < bounds.tail { continue }
            try await TailWait.pause(for: FileStreamLimits.pollInterval, on: name)
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
