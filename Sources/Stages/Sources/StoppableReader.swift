public import ByteStreams
internal import Synchronization

/// A reader that ends when it is told to, instead of waiting for more at the tail.
public final class StoppableReader: ByteStreamReader {
    /// How long to wait before the tail is looked at again.
    private static let pollInterval = Duration.milliseconds(20)

    private let reader: any ByteStreamReader
    private let isStopped = Atomic<Bool>(false)
    /// Bounds cost a look at the disk, and are asked for only at what was the tail.
    private let knownTail = Atomic<UInt64>(0)

    /// Reads through `reader`, which stays the caller's to close.
    public init(_ reader: any ByteStreamReader) {
        self.reader = reader
    }

    /// Ends the stream for whoever reads here.
    public func stop() {
        isStopped.store(true, ordering: .releasing)
    }

    /// The bounds as they are now.
    public func bounds() async throws(StreamError) -> StreamBounds {
        try await reader.bounds()
    }

    /// A chunk at `offset`; `nil` at the end, and once it is told to stop.
    public func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        while !isStopped.load(ordering: .acquiring) {
            if offset.value < knownTail.load(ordering: .relaxed) {
                return try await reader.read(at: offset, upTo: byteCount)
            }
            let bounds = try await reader.bounds()
            knownTail.store(bounds.tail.value, ordering: .relaxed)
            if offset < bounds.tail { continue }
            if bounds.isSealed { return try await reader.read(at: offset, upTo: byteCount) }
            try? await Task.sleep(for: Self.pollInterval)  // Cut short by cancellation, seen next.
            if Task.isCancelled {
                throw StreamError(.cancelled, "waiting for more of the stream was cancelled")
            }
        }
        return nil
    }

    /// Lets go of the reader.
    public func close() async {
        await reader.close()
    }
}
