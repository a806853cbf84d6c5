internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// Joins records into appends: small ones are gathered into one piece, large payloads go as they
/// are.
///
/// A store keeps every append in an entry of its own, which may cost a page; so a packet must not
/// be one. The batch has no effects: its methods return the appends that its owner makes, in order.
struct AppendBatch: ~Copyable, Sendable {
    /// What one append may hold.
    struct Limits: Sendable {
        /// Bytes of an append.
        var byteCountMaximum: Int
        /// Pieces of an append.
        var pieceCountMaximum: Int
    }

    /// Bytes of small records that are gathered before they are appended.
    static let gatheredByteCountMaximum = 256 << 10
    /// Bytes from which on a piece is not copied.
    static let largePieceByteCountMinimum = 64 << 10

    private let limits: Limits
    private let pool: BufferPool
    private var gathered: MutableBuffer?
    private var checksum = CRC32C()

    /// Bytes that are gathered and not appended.
    private(set) var gatheredByteCount = 0

    /// An empty batch.
    init(limits: Limits, pool: BufferPool) {
        precondition(
            limits.byteCountMaximum > 0 && limits.pieceCountMaximum > 0,
            "an append holds at least one piece of one byte"
        )
        self.limits = limits
        self.pool = pool
    }

    private var capacity: Int { min(Self.gatheredByteCountMaximum, limits.byteCountMaximum) }

    /// Takes a record, and returns the appends that are due.
    mutating func add(_ record: EncodedRecord) -> [[StreamPiece]] {
        let isSmall = record.pieces.allSatisfy {
            $0.bytes.byteCount < Self.largePieceByteCountMinimum
        }
        guard isSmall, record.byteCount <= capacity else { return addLarge(record) }
        var appends: [[StreamPiece]] = []
        if gatheredByteCount + record.byteCount > capacity {
            appends = takeAll()
        }
        for piece in record.pieces { gather(piece) }
        if gatheredByteCount == capacity { appends += takeAll() }
        return appends
    }

    /// Returns the append with all that is gathered, if anything is.
    mutating func takeAll() -> [[StreamPiece]] {
        takePiece().map { [[$0]] } ?? []
    }

    /// One append holds what was gathered and the whole record, if that fits; a record that does
    /// not fit into any append is cut.
    private mutating func addLarge(_ record: EncodedRecord) -> [[StreamPiece]] {
        var appends: [[StreamPiece]] = []
        if gatheredByteCount + record.byteCount > limits.byteCountMaximum {
            appends = takeAll()
        }
        var pieces: [StreamPiece] = []
        var run: [EncodedRecord.Piece] = []
        for piece in record.pieces {
            guard piece.bytes.byteCount >= Self.largePieceByteCountMinimum else {
                run.append(piece)
                continue
            }
            pieces += join(run)
            pieces.append(StreamPiece(piece.bytes, checksum: piece.checksum))
            run = []
        }
        return appends + cut(pieces + join(run))
    }

    /// Makes one piece out of what was gathered and small ones beside each other; one alone is not
    /// copied.
    private mutating func join(_ run: [EncodedRecord.Piece]) -> [StreamPiece] {
        var pieces: [StreamPiece] = []
        for piece in run {
            let isAlone = gatheredByteCount == 0 && run.count == 1
            if isAlone || piece.bytes.byteCount > capacity - gatheredByteCount {
                takePiece().map { pieces.append($0) }
            }
            if isAlone || piece.bytes.byteCount > capacity {
                pieces.append(StreamPiece(piece.bytes, checksum: piece.checksum))
            } else {
                gather(piece)
            }
        }
        takePiece().map { pieces.append($0) }
        return pieces
    }

    private mutating func gather(_ piece: EncodedRecord.Piece) {
        var buffer = gathered.take() ?? pool.makeBuffer(byteCount: capacity)
        buffer.copy(piece.bytes.bytes, at: gatheredByteCount)
        gathered = consume buffer
        gatheredByteCount += piece.bytes.byteCount
        checksum = checksum.appending(piece.checksum, byteCount: piece.bytes.byteCount)
    }

    private mutating func takePiece() -> StreamPiece? {
        guard gatheredByteCount > 0, var buffer = gathered.take() else { return nil }
        buffer.shrink(to: gatheredByteCount)
        let piece = StreamPiece(buffer.freeze(), checksum: checksum)
        gatheredByteCount = 0
        checksum = CRC32C()
        return piece
    }

    /// Distributes pieces over as few appends as the limits allow.
    private func cut(_ pieces: [StreamPiece]) -> [[StreamPiece]] {
        var appends: [[StreamPiece]] = []
        var current: [StreamPiece] = []
        var room = limits.byteCountMaximum
        for piece in pieces {
            var start = 0
            while start < piece.bytes.byteCount {
                if room == 0 || current.count == limits.pieceCountMaximum {
                    appends.append(current)
                    current = []
                    room = limits.byteCountMaximum
                }
                let end = min(start + room, piece.bytes.byteCount)
                current.append(Self.part(start..<end, of: piece))
                room -= end - start
                start = end
            }
        }
        if !current.isEmpty { appends.append(current) }
        return appends
    }

    private static func part(_ range: Range<Int>, of piece: StreamPiece) -> StreamPiece {
        guard range.count < piece.bytes.byteCount else { return piece }
        return StreamPiece(piece.bytes.slice(range))
    }
}
