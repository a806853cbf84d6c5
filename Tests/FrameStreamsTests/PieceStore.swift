import Buffers
import ByteStreams
import Synchronization

/// A store of one stream that a test can look into: it counts appends and reads, and can lose,
/// damage and doubt bytes.
final class PieceStore: StreamStore {
    struct State {
        var pieces: [(offset: UInt64, bytes: Buffer, checksum: CRC32C)] = []
        var head: UInt64 = 0
        var accepted: UInt64 = 0
        var durable: UInt64 = 0
        var epoch: UInt32 = 0
        var isSealed = false
        var appendCount = 0
        var readCount = 0
        /// The byte whose lowest bit is read wrong.
        var flipped: UInt64?
        /// Bytes that the store does not vouch for.
        var doubted: Range<UInt64>?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())
    let appendByteCountMaximum: Int
    let pieceCountMaximum: Int
    private let pool = BufferPool()

    init(appendByteCountMaximum: Int = 8 << 20, pieceCountMaximum: Int = 16) {
        self.appendByteCountMaximum = appendByteCountMaximum
        self.pieceCountMaximum = pieceCountMaximum
    }

    var appendCount: Int { state.withLock { $0.appendCount } }
    var readCount: Int { state.withLock { $0.readCount } }
    var durable: UInt64 { state.withLock { $0.durable } }
    var accepted: UInt64 { state.withLock { $0.accepted } }

    func flip(_ offset: UInt64?) { state.withLock { $0.flipped = offset } }
    func doubt(_ range: Range<UInt64>?) { state.withLock { $0.doubted = range } }

    /// Loses the bytes from `offset` on, as a crash does.
    func cut(at offset: UInt64) {
        state.withLock { state in
            state.pieces = state.pieces.compactMap { piece in
                guard piece.offset < offset else { return nil }
                let count = min(piece.bytes.byteCount, Int(offset - piece.offset))
                let bytes = piece.bytes.slice(0..<count)
                return (piece.offset, bytes, CRC32C(of: bytes.bytes))
            }
            state.accepted = offset
            state.durable = offset
        }
    }

    func createStream(_ name: StreamName) async throws(StreamError) -> Bool { false }

    func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds { bounds }

    var bounds: StreamBounds {
        state.withLock {
            StreamBounds(
                head: StreamOffset($0.head),
                tail: StreamOffset($0.durable),
                isSealed: $0.isSealed
            )
        }
    }

    let traits = StoreTraits(
        keepsPieces: true,
        checksBytes: false,
        honoursSyncLevel: false,
        honoursRoomPolicy: false,
        honoursRetention: false,
        canTakeOver: false,
        durability: "as long as this store lives"
    )

    func openWriter(
        for name: StreamName,
        takingOver: Bool
    ) async throws(StreamError) -> any ByteStreamWriter {
        let epoch = state.withLock { state in
            state.epoch += 1
            return state.epoch
        }
        return PieceWriter(store: self, epoch: epoch)
    }

    func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader {
        PieceReader(store: self)
    }

    func truncateStream(_ name: StreamName, before offset: StreamOffset) async throws(StreamError) {
        state.withLock { $0.head = offset.value }
    }

    func sealStream(_ name: StreamName) async throws(StreamError) {
        resume { $0.isSealed = true }
    }

    func deleteStream(_ name: StreamName) async throws(StreamError) {}
    func streamNames() async throws(StreamError) -> [StreamName] { [] }
    func faults(of name: StreamName) async throws(StreamError) -> [StoreFault] { [] }

    fileprivate func append(_ pieces: [StreamPiece]) -> StreamOffset {
        precondition(pieces.count <= pieceCountMaximum, "an append has few pieces")
        let total = pieces.reduce(0) { $0 + $1.bytes.byteCount }
        precondition(total > 0 && total <= appendByteCountMaximum, "an append is small")
        return state.withLock { state in
            state.appendCount += 1
            for piece in pieces {
                precondition(piece.checksum == CRC32C(of: piece.bytes.bytes), "checksums are right")
                state.pieces.append((state.accepted, piece.bytes, piece.checksum))
                state.accepted += UInt64(piece.bytes.byteCount)
            }
            return StreamOffset(state.accepted)
        }
    }

    fileprivate func resume(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    fileprivate func read(at offset: UInt64, upTo byteCount: Int) async -> StreamChunk? {
        while true {
            let found = state.withLock { state in
                chunk(at: offset, upTo: byteCount, in: &state)
            }
            if found.0 != nil || found.isEnd { return found.0 }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.durable <= offset, !state.isSealed else { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private func chunk(
        at offset: UInt64,
        upTo byteCount: Int,
        in state: inout State
    ) -> (StreamChunk?, isEnd: Bool) {
        precondition(offset >= state.head, "a read is not before the head")
        guard offset < state.durable,
            let piece = state.pieces.last(where: { $0.offset <= offset })
        else { return (nil, state.isSealed) }
        state.readCount += 1
        let start = Int(offset - piece.offset)
        let durable = Int(min(UInt64(piece.bytes.byteCount), state.durable - piece.offset))
        let end = min(durable, start + byteCount)
        let bytes = piece.bytes.slice(start..<end)
        let range = offset..<offset + UInt64(end - start)
        if let doubted = state.doubted, doubted.overlaps(range) {
            let content = StreamChunk.Content.suspect(bytes, detail: "doubted")
            return (StreamChunk(offset: StreamOffset(offset), content: content), false)
        }
        guard let flipped = state.flipped, range.contains(flipped) else {
            let checksum = bytes.byteCount == piece.bytes.byteCount ? piece.checksum : nil
            let content = StreamChunk.Content.sound(bytes, checksum: checksum)
            return (StreamChunk(offset: StreamOffset(offset), content: content), false)
        }
        var copy = pool.makeBuffer(byteCount: bytes.byteCount)
        copy.copy(bytes.bytes, at: 0)
        let index = Int(flipped - offset)
        // The index lies inside the bytes, which are plain.
        let byte = unsafe bytes.bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) ^ 1
        copy.copy([byte].rawSpan, at: index)
        let content = StreamChunk.Content.sound(copy.freeze(), checksum: nil)
        return (StreamChunk(offset: StreamOffset(offset), content: content), false)
    }
}

private struct PieceWriter: ByteStreamWriter {
    let store: PieceStore
    let epoch: UInt32

    var tail: StreamOffset { StreamOffset(store.accepted) }
    var appendByteCountMaximum: Int { store.appendByteCountMaximum }
    var pieceCountMaximum: Int { store.pieceCountMaximum }

    func append(_ pieces: [StreamPiece]) async throws(StreamError) -> StreamOffset {
        store.append(pieces)
    }

    func flush() async throws(StreamError) -> StreamOffset {
        store.resume { $0.durable = $0.accepted }
        return StreamOffset(store.durable)
    }

    func close() async throws(StreamError) { _ = try await flush() }
}

private struct PieceReader: ByteStreamReader {
    let store: PieceStore

    func bounds() async throws(StreamError) -> StreamBounds { store.bounds }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        await store.read(at: offset.value, upTo: byteCount)
    }

    func stop() {}

    func close() async {}
}
