internal import Buffers
internal import Synchronization

/// The pieces of one stream, and who waits for more.
final class MemoryStream: Sendable {
    private struct State {
        var pieces: [(offset: StreamOffset, piece: StreamPiece)] = []
        var head = StreamOffset.zero
        var tail = StreamOffset.zero
        var isSealed = false
        var hasWriter = false
        var epoch: UInt32 = 0
    }

    let name: StreamName
    private let state = Mutex(State())

    init(name: StreamName) {
        self.name = name
    }

    var bounds: StreamBounds {
        state.withLock { StreamBounds(head: $0.head, tail: $0.tail, isSealed: $0.isSealed) }
    }

    func openWriter() throws(StreamError) -> MemoryStreamWriter {
        let epoch = state.withLock { state -> Result<UInt32, StreamError> in
            if state.isSealed { return .failure(StreamError(.sealed, "stream \(name) is sealed")) }
            if state.hasWriter {
                return .failure(StreamError(.locked, "stream \(name) has a writer already"))
            }
            state.hasWriter = true
            state.epoch += 1
            return .success(state.epoch)
        }
        return MemoryStreamWriter(stream: self, epoch: try epoch.get())
    }

    func closeWriter() {
        state.withLock { $0.hasWriter = false }
    }

    func append(_ pieces: [StreamPiece]) -> StreamOffset {
        state.withLock { state in
            for piece in pieces where piece.bytes.byteCount > 0 {
                state.pieces.append((state.tail, piece))
                state.tail = state.tail.advanced(by: piece.bytes.byteCount)
            }
            return state.tail
        }
    }

    /// The piece at `offset`, or what is left of it; `nil` at the tail.
    func chunk(at offset: StreamOffset, upTo byteCount: Int) throws(StreamError) -> StreamChunk? {
        let found = state.withLock { state -> Result<(StreamOffset, StreamPiece)?, StreamError> in
            if offset < state.head {
                return .failure(
                    StreamError(.truncated, "stream \(name) starts at \(state.head), not \(offset)")
                )
            }
            guard offset < state.tail else { return .success(nil) }
            var low = 0
            var high = state.pieces.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if state.pieces[middle].offset <= offset { low = middle } else { high = middle }
            }
            return .success(state.pieces[low])
        }
        guard let (start, piece) = try found.get() else { return nil }
        let from = Int(offset.value - start.value)
        let count = min(byteCount, piece.bytes.byteCount - from)
        let isWhole = from == 0 && count == piece.bytes.byteCount
        return StreamChunk(
            offset: offset,
            content: .sound(
                isWhole ? piece.bytes : piece.bytes.slice(from..<from + count),
                checksum: isWhole ? piece.checksum : nil
            )
        )
    }

    func truncate(before offset: StreamOffset) throws(StreamError) {
        let isInside = state.withLock { state in
            guard offset <= state.tail else { return false }
            state.head = max(state.head, offset)
            state.pieces.removeAll {
                $0.offset.advanced(by: $0.piece.bytes.byteCount) <= state.head
            }
            return true
        }
        guard isInside else {
            throw StreamError(.invalid, "stream \(name) ends before \(offset)")
        }
    }

    func seal() throws(StreamError) {
        let isFree = state.withLock { state in
            guard !state.hasWriter else { return false }
            state.isSealed = true
            return true
        }
        guard isFree else { throw StreamError(.locked, "stream \(name) has a writer") }
    }
}

/// Appends to a stream in memory.
final class MemoryStreamWriter: ByteStreamWriter {
    let epoch: UInt32
    let appendByteCountMaximum = 1 << 30
    let pieceCountMaximum = 64
    private let stream: MemoryStream
    private let isClosed = Atomic<Bool>(false)

    init(stream: MemoryStream, epoch: UInt32) {
        self.stream = stream
        self.epoch = epoch
    }

    deinit {
        if !isClosed.load(ordering: .acquiring) { stream.closeWriter() }
    }

    var tail: StreamOffset { stream.bounds.tail }

    func append(_ pieces: [StreamPiece]) async throws(StreamError) -> StreamOffset {
        guard !isClosed.load(ordering: .acquiring) else {
            throw StreamError(.closed, "the writer of stream \(stream.name) is closed")
        }
        let byteCount = pieces.reduce(0) { $0 + $1.bytes.byteCount }
        guard pieces.count <= pieceCountMaximum, byteCount <= appendByteCountMaximum else {
            throw StreamError(
                .tooLarge,
                "\(pieces.count) pieces of \(byteCount) bytes are too much for one append"
            )
        }
        return stream.append(pieces)
    }

    func flush() async throws(StreamError) -> StreamOffset { tail }

    func close() async throws(StreamError) {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) { stream.closeWriter() }
    }
}

/// Reads a stream in memory.
final class MemoryStreamReader: ByteStreamReader {
    /// How long to wait before the tail is looked at again.
    private static let pollInterval = Duration.milliseconds(5)

    private let stream: MemoryStream

    init(stream: MemoryStream) {
        self.stream = stream
    }

    func bounds() async throws(StreamError) -> StreamBounds { stream.bounds }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        precondition(byteCount > 0, "a read asks for something")
        while true {
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
            try await TailWait.pause(for: Self.pollInterval, on: stream.name)
        }
    }

    func close() async {}
}

/// The pause of a reader at the tail.
enum TailWait {
    static func pause(for duration: Duration, on name: StreamName) async throws(StreamError) {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw StreamError(.cancelled, "waiting for more of stream \(name) was cancelled")
        }
    }
}
