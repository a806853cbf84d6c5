internal import Synchronization

/// Reads a stream in memory.
final class MemoryStreamReader: ByteStreamReader {
    private let stream: MemoryStream
    private let isStopped = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)

    init(stream: MemoryStream) {
        self.stream = stream
    }

    func bounds() async throws(StreamError) -> StreamBounds { stream.bounds }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        precondition(byteCount > 0, "a read asks for something")
        while !isStopped.load(ordering: .acquiring) {
            guard !isClosed.load(ordering: .acquiring) else {
                throw StreamError(.closed, "the reader of stream \(stream.name) is closed")
            }
            let ringCount = stream.bell.ringCount
            if let chunk = try stream.chunk(at: offset, upTo: byteCount) { return chunk }
            let bounds = stream.bounds
            if bounds.isSealed {
                guard offset <= bounds.tail else {
                    throw StreamError(
                        .invalid,
                        "sealed stream \(stream.name) ends before \(offset)"
                    )
                }
                return nil
            }
            await stream.bell.wait(after: ringCount)
            if Task.isCancelled { throw StreamError.waitCancelled(stream.name) }
        }
        return nil
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        stream.bell.ring()
    }

    func close() async {
        isClosed.store(true, ordering: .releasing)
        stream.bell.ring()
    }
}
