internal import Buffers
internal import Synchronization

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
        if !isClosed.load(ordering: .acquiring) { stream.closeWriter(epoch: epoch) }
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
        return try stream.append(pieces, epoch: epoch)
    }

    func flush() async throws(StreamError) -> StreamOffset {
        try stream.requireEpoch(epoch)
        return tail
    }

    func close() async throws(StreamError) {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) {
            stream.closeWriter(epoch: epoch)
        }
    }
}
