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
    /// Rung when there is more to read, or no more to come.
    let bell = ChangeBell()
    private let state = Mutex(State())

    init(name: StreamName) {
        self.name = name
    }

    var bounds: StreamBounds {
        state.withLock { StreamBounds(head: $0.head, tail: $0.tail, isSealed: $0.isSealed) }
    }

    func openWriter(takingOver: Bool) throws(StreamError) -> MemoryStreamWriter {
        let epoch = state.withLock { state -> Result<UInt32, StreamError> in
            if state.isSealed { return .failure(StreamError(.sealed, "stream \(name) is sealed")) }
            if state.hasWriter, !takingOver {
                return .failure(StreamError(.locked, "stream \(name) has a writer already"))
            }
            state.hasWriter = true
            state.epoch += 1
            return .success(state.epoch)
        }
        return MemoryStreamWriter(stream: self, epoch: try epoch.get())
    }

    /// Lets another writer in, unless one has come already.
    func closeWriter(epoch: UInt32) {
        state.withLock { state in
            if state.epoch == epoch { state.hasWriter = false }
        }
    }

    /// Whether the writer of an epoch is still the one.
    func requireEpoch(_ epoch: UInt32) throws(StreamError) {
        guard state.withLock({ $0.epoch == epoch }) else { throw fenced }
    }

    private var fenced: StreamError {
        StreamError(
            .fenced,
            "another writer has taken over stream \(name); nothing more is written by this one"
        )
    }

    func append(
        _ pieces: [StreamPiece],
        epoch: UInt32
    ) throws(StreamError) -> StreamOffset {
        let end = state.withLock { state -> StreamOffset? in
            guard state.epoch == epoch else { return nil }
            for piece in pieces where piece.bytes.byteCount > 0 {
                state.pieces.append((state.tail, piece))
                state.tail = state.tail.advanced(by: piece.bytes.byteCount)
            }
            return state.tail
        }
        guard let end else { throw fenced }
        bell.ring()
        return end
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
        bell.ring()
    }
}
