public import Buffers

/// A record as bytes, in the pieces that a store is given one after the other.
public struct EncodedRecord: Sendable {
    /// Bytes that are stored as a whole.
    public struct Piece: Sendable {
        /// The bytes.
        public var bytes: Buffer
        /// Their checksum, which a store keeps and never computes again.
        public var checksum: CRC32C

        /// Joins bytes with their checksum.
        public init(bytes: Buffer, checksum: CRC32C) {
            self.bytes = bytes
            self.checksum = checksum
        }
    }

    /// Prefix and fields; the payload, not copied; each piece of side data, not copied; the
    /// trailer. Pieces without bytes are left out.
    public var pieces: [Piece]

    /// The bytes of all pieces.
    public var byteCount: Int {
        pieces.reduce(0) { $0 + $1.bytes.byteCount }
    }
}

/// Turns records into bytes, the same ones for the same record, place and salt.
public struct RecordEncoder: Sendable {
    private let salt: UInt64
    private let pool: BufferPool

    /// Makes an encoder for one stream.
    ///
    /// - Parameters:
    ///   - salt: A random number, the same for all records of the stream.
    ///   - pool: Gives the memory for fields and trailers.
    public init(salt: UInt64, pool: BufferPool) {
        self.salt = salt
        self.pool = pool
    }

    /// Encodes `record` at `place`; the sequence and the epoch in a frame's own header are not
    /// used.
    ///
    /// The detail of a gap is cut to its limit; everything else that is too large is refused.
    ///
    /// - Parameters:
    ///   - record: What is written down.
    ///   - place: Where it stands in its stream.
    ///   - payloadChecksum: The checksum of the frame's payload without its side data, if it is
    ///     known already.
    /// - Throws: What a decoder would refuse the record for.
    public func encode(
        _ record: Record,
        at place: RecordPlace,
        payloadChecksum: CRC32C? = nil
    ) throws(FormatError) -> EncodedRecord {
        let payload = payloadPieces(of: record, checksum: payloadChecksum)
        let fields = try Self.fields(of: record)
        var checksum = CRC32C()
        var byteCount: UInt64 = 0
        for piece in payload {
            checksum = checksum.appending(piece.checksum, byteCount: piece.bytes.byteCount)
            byteCount += UInt64(piece.bytes.byteCount)
        }
        guard byteCount <= FormatLimits.payloadByteCountMaximum else {
            throw .payloadTooLarge(byteCount: byteCount)
        }
        var flags: FrameFlags = []
        if case .frame(let frame) = record { flags = frame.header.flags }
        var writer = ByteWriter()
        writer.append(fields)
        let prefix = RecordPrefix(
            type: RecordType(of: record),
            flags: flags,
            place: place,
            salt: salt,
            header: (fields.count, writer.checksum),
            payload: (byteCount, checksum)
        )
        // What is written is read first, so that the rules stand in one place, the decoder.
        let contents = try HeaderContents(prefix: prefix, fields: fields)
        if case .index = record {
            _ = try contents.record { _ in payload.first?.bytes ?? piece([]).bytes }
        }
        let trailer = RecordTrailer(
            recordByteCount: prefix.recordByteCount,
            indexDistance: place.indexDistance,
            salt: salt
        )
        let pieces =
            [piece(prefix.encoded.bytes + fields)] + payload + [piece(trailer.encoded.bytes)]
        return EncodedRecord(pieces: pieces)
    }

    private func payloadPieces(of record: Record, checksum: CRC32C?) -> [EncodedRecord.Piece] {
        var pieces: [EncodedRecord.Piece] = []
        switch record {
        case .frame(let frame):
            pieces.append(
                EncodedRecord.Piece(
                    bytes: frame.payload,
                    checksum: checksum ?? frame.payload.checksum
                )
            )
            for sideData in frame.sideData {
                pieces.append(
                    EncodedRecord.Piece(
                        bytes: sideData.bytes,
                        checksum: CRC32C(of: sideData.bytes.bytes)
                    )
                )
            }
        case .index(let block): pieces.append(piece(IndexFields.encodeEntries(block.entries)))
        case .gap, .sourceBegin, .sourceEnd, .mark: break
        }
        return pieces.filter { $0.bytes.byteCount > 0 }
    }

    private static func fields(of record: Record) throws(FormatError) -> [UInt8] {
        switch record {
        case .frame(let frame):
            try FrameFields.encode(frame.header, sideData: frame.sideData)
        case .gap(let gap): try GapFields.encode(gap)
        case .index(let block): try IndexFields.encode(block)
        case .sourceBegin(let begin): try SourceFields.encode(begin)
        case .sourceEnd(let end): try SourceFields.encode(end)
        case .mark(let mark): try SourceFields.encode(mark)
        }
    }

    private func piece(_ bytes: [UInt8]) -> EncodedRecord.Piece {
        let buffer = pool.makeBuffer(copying: bytes.rawSpan)
        return EncodedRecord.Piece(bytes: buffer, checksum: CRC32C(of: buffer.bytes))
    }
}

extension RecordType {
    /// The type of `record`.
    public init(of record: Record) {
        self =
            switch record {
            case .frame: .frame
            case .gap: .gap
            case .index: .index
            case .sourceBegin: .sourceBegin
            case .sourceEnd: .sourceEnd
            case .mark: .mark
            }
    }
}
