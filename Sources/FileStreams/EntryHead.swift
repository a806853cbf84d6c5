internal import Buffers
internal import ByteStreams

/// The head block of an entry: what was appended as a unit, the small pieces, and where the large
/// ones stand.
///
/// Layout, little-endian: magic u32, kind u8, version u8, piece count u16, entry number u64, stream
/// offset u64, durable watermark u64, byte count u64, salt u64, epoch u32, zero u32; from byte 64
/// the piece table (byte count u64, CRC32C u32, 1 for external u32 each), the inline pieces, zeros;
/// the CRC32C of all that in the last four bytes. External pieces follow the block, each from a
/// page boundary and zero-filled to the next.
struct EntryHead {
    /// What an entry is.
    enum Kind: UInt8 {
        /// Bytes of the stream.
        case bytes = 1
        /// The end of a segment that is complete.
        case seal = 2
    }

    /// One piece of an entry.
    struct Piece {
        /// The stream offset of its first byte.
        var offset: StreamOffset
        var byteCount: Int
        var checksum: CRC32C
        /// Where it stands: bytes from the start of the head block.
        var place: Int
        var isExternal: Bool

        /// The stream offset behind its last byte.
        var end: StreamOffset { offset.advanced(by: byteCount) }
    }

    private static let magic: UInt32 = 0x45_4B_50_8F
    private static let version: UInt8 = 1
    /// Where the number of pieces stands.
    static let countOffset = 6
    /// Where the piece table begins.
    static let tableOffset = 64
    /// Bytes of the table for each piece.
    static let tableRowByteCount = 16
    /// The most pieces of an entry.
    static let pieceCountMaximum = 64
    /// Larger pieces than this stand outside the head block even where they would fit.
    static let inlineByteCountMaximum = 2048

    var kind: Kind
    /// Counts the entries of a segment from 0.
    var number: UInt64
    /// The stream offset of the first byte.
    var offset: StreamOffset
    /// Up to where the stream was known to be durable when the entry was written.
    var watermark: StreamOffset
    /// Bytes of all pieces.
    var byteCount: Int
    var salt: UInt64
    var epoch: UInt32
    var pieces: [Piece]

    /// The stream offset behind the entry.
    var end: StreamOffset { offset.advanced(by: byteCount) }

    /// Bytes of the entry in the file, head block and padding included.
    var fileByteCount: Int {
        pieces.last(where: \.isExternal).map {
            $0.place + Buffer.wholePageByteCount(for: $0.byteCount)
        } ?? CheckedBlock.byteCount
    }

    /// Lays out the pieces of an append.
    init(
        kind: Kind,
        number: UInt64,
        offset: StreamOffset,
        watermark: StreamOffset,
        salt: UInt64,
        epoch: UInt32,
        pieces: [StreamPiece]
    ) {
        self.init(
            kind: kind,
            number: number,
            offset: offset,
            watermark: watermark,
            salt: salt,
            epoch: epoch,
            sizes: pieces.map { ($0.bytes.byteCount, $0.checksum) }
        )
    }

    /// Lays out pieces of which only the sizes and checksums are known.
    init(
        kind: Kind,
        number: UInt64,
        offset: StreamOffset,
        watermark: StreamOffset,
        salt: UInt64,
        epoch: UInt32,
        sizes: [(byteCount: Int, checksum: CRC32C)]
    ) {
        self.kind = kind
        self.number = number
        self.offset = offset
        self.watermark = watermark
        self.salt = salt
        self.epoch = epoch
        byteCount = sizes.reduce(0) { $0 + $1.byteCount }
        pieces = []
        var inlinePlace = Self.tableOffset + sizes.count * Self.tableRowByteCount
        var externalPlace = CheckedBlock.byteCount
        var pieceOffset = offset
        for (count, checksum) in sizes {
            let isExternal =
                count > Self.inlineByteCountMaximum
                || inlinePlace + count > CheckedBlock.checksumOffset
            pieces.append(
                Piece(
                    offset: pieceOffset,
                    byteCount: count,
                    checksum: checksum,
                    place: isExternal ? externalPlace : inlinePlace,
                    isExternal: isExternal
                )
            )
            if isExternal {
                externalPlace += Buffer.wholePageByteCount(for: count)
            } else {
                inlinePlace += count
            }
            pieceOffset = pieceOffset.advanced(by: count)
        }
    }

    /// Reads a head block without its checksum, as far as it makes sense in itself.
    ///
    /// - Returns: `nil` when it makes none: lengths that do not add up, places outside the block.
    init?(unchecked bytes: RawSpan) {
        guard bytes.byteCount == CheckedBlock.byteCount,
            let kind = Kind(rawValue: bytes.load(UInt8.self, at: 4)),
            case let count = Int(bytes.load(UInt16.self, at: Self.countOffset)),
            count <= Self.pieceCountMaximum,
            let total = Int(exactly: bytes.load(UInt64.self, at: 32))
        else { return nil }
        self.kind = kind
        number = bytes.load(UInt64.self, at: 8)
        offset = StreamOffset(bytes.load(UInt64.self, at: 16))
        watermark = StreamOffset(bytes.load(UInt64.self, at: 24))
        byteCount = total
        salt = bytes.load(UInt64.self, at: 40)
        epoch = bytes.load(UInt32.self, at: 48)
        pieces = []
        guard readPieces(bytes, count: count) else { return nil }
    }

    /// Reads a head block whose checksum, magic and salt are right.
    init?(_ bytes: RawSpan, salt: UInt64) {
        guard CheckedBlock.isSound(bytes), bytes.load(UInt32.self, at: 0) == Self.magic,
            bytes.load(UInt8.self, at: 5) == Self.version
        else { return nil }
        self.init(unchecked: bytes)
        guard self.salt == salt else { return nil }
    }

    private mutating func readPieces(_ bytes: RawSpan, count: Int) -> Bool {
        var inlinePlace = Self.tableOffset + count * Self.tableRowByteCount
        var externalPlace = CheckedBlock.byteCount
        var sum = 0
        for index in 0..<count {
            let row = Self.tableOffset + index * Self.tableRowByteCount
            guard let size = Int(exactly: bytes.load(UInt64.self, at: row)),
                size <= FileStreamLimits.appendByteCountMaximum
            else { return false }
            let isExternal = bytes.load(UInt32.self, at: row + 12) == 1
            pieces.append(
                Piece(
                    offset: offset.advancedWrapping(by: sum),
                    byteCount: size,
                    checksum: CRC32C(value: bytes.load(UInt32.self, at: row + 8)),
                    place: isExternal ? externalPlace : inlinePlace,
                    isExternal: isExternal
                )
            )
            if isExternal {
                externalPlace += Buffer.wholePageByteCount(for: size)
            } else {
                inlinePlace += size
                guard inlinePlace <= CheckedBlock.checksumOffset else { return false }
            }
            sum += size
        }
        return sum == byteCount
    }

    /// The head block with the small ones of `contents` inside.
    func block(with contents: [StreamPiece], from pool: BufferPool) -> Buffer {
        var block = CheckedBlock.make(from: pool)
        block.store(Self.magic, at: 0)
        block.store(kind.rawValue, at: 4)
        block.store(Self.version, at: 5)
        block.store(UInt16(pieces.count), at: Self.countOffset)
        block.store(number, at: 8)
        block.store(offset.value, at: 16)
        block.store(watermark.value, at: 24)
        block.store(UInt64(byteCount), at: 32)
        block.store(salt, at: 40)
        block.store(epoch, at: 48)
        for (index, piece) in pieces.enumerated() {
            let row = Self.tableOffset + index * Self.tableRowByteCount
            block.store(UInt64(piece.byteCount), at: row)
            block.store(piece.checksum.value, at: row + 8)
            block.store(UInt32(piece.isExternal ? 1 : 0), at: row + 12)
            if !piece.isExternal {
                let content = contents[index].bytes
                block.copy(content.bytes, at: piece.place)
            }
        }
        return CheckedBlock.seal(block)
    }
}

extension StreamOffset {
    /// The place further on; what does not fit wraps, for numbers out of damaged blocks.
    func advancedWrapping(by byteCount: Int) -> StreamOffset {
        StreamOffset(value &+ UInt64(byteCount))
    }
}
