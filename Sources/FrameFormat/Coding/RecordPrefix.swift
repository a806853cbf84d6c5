public import Buffers

/// The types of records, as the prefix names them.
public enum RecordType: UInt8, Hashable, Sendable, CaseIterable {
    /// A picture or a packet.
    case frame = 1
    /// Frames that are missing, and why.
    case gap = 2
    /// Where the frames before are.
    case index = 3
    /// A source starts.
    case sourceBegin = 4
    /// A source is complete.
    case sourceEnd = 5
    /// A note.
    case mark = 6
}

/// The first 56 bytes of a record: what it is and how long (specification, section 4).
public struct RecordPrefix: Hashable, Sendable {
    /// The bytes of a prefix.
    public static let byteCount = 56

    /// The version of the format that this module reads and writes.
    public static let version: UInt8 = 1

    /// What every record starts with.
    public static let syncWord: [UInt8] = [0x8B, 0x53, 0x50, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A]

    /// What the record is, as the number that stands in it; see ``type``.
    public var typeNumber: UInt8
    /// The flags of a frame; empty for other records.
    public var flags: FrameFlags
    /// Bytes of the fields, which follow the prefix.
    public var headerByteCount: Int
    /// Bytes of the payload and the side data, which follow the fields.
    public var payloadByteCount: UInt64
    /// The frame's own number; for other records, that of the last frame before them.
    public var sequence: UInt64
    /// The random number of the stream.
    public var salt: UInt64
    /// Which writer stored the record.
    public var writerEpoch: UInt32
    /// The checksum of the payload and the side data.
    public var payloadChecksum: CRC32C
    /// The checksum of the fields.
    public var headerChecksum: CRC32C

    /// What the record is; `nil` for a type that this version does not know.
    public var type: RecordType? { RecordType(rawValue: typeNumber) }

    /// The bytes of the whole record.
    public var recordByteCount: UInt64 {
        UInt64(Self.byteCount + headerByteCount + RecordTrailer.byteCount) + payloadByteCount
    }

    /// Reads and checks the prefix at the start of `bytes`, of which there are at least 56.
    ///
    /// A type that is not known is no error: the record can still be checked, and skipped whole.
    ///
    /// - Throws: `noSyncWord`, `prefixChecksum`, `unsupportedVersion`, `headerTooLarge` or
    ///   `payloadTooLarge`.
    public init(_ bytes: RawSpan) throws(FormatError) {
        precondition(bytes.byteCount >= Self.byteCount, "a prefix has 56 bytes")
        guard bytes.littleEndian(at: 0) == Self.syncNumber else { throw .noSyncWord }
        let covered = Self.byteCount - 4
        let checksum = CRC32C(of: bytes.extracting(0..<covered))
        guard checksum.value == bytes.littleEndian(at: covered) else { throw .prefixChecksum }
        let version: UInt8 = bytes.littleEndian(at: 8)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        typeNumber = bytes.littleEndian(at: 9)
        flags = FrameFlags(rawValue: bytes.littleEndian(at: 10))
        headerByteCount = Int(bytes.littleEndian(at: 12, as: UInt32.self))
        payloadByteCount = bytes.littleEndian(at: 16)
        sequence = bytes.littleEndian(at: 24)
        salt = bytes.littleEndian(at: 32)
        writerEpoch = bytes.littleEndian(at: 40)
        payloadChecksum = CRC32C(value: bytes.littleEndian(at: 44))
        headerChecksum = CRC32C(value: bytes.littleEndian(at: 48))
        guard headerByteCount <= FormatLimits.headerByteCountMaximum else {
            throw .headerTooLarge(byteCount: UInt64(headerByteCount))
        }
        guard payloadByteCount <= FormatLimits.payloadByteCountMaximum else {
            throw .payloadTooLarge(byteCount: payloadByteCount)
        }
    }

    init(
        type: RecordType,
        flags: FrameFlags,
        place: RecordPlace,
        salt: UInt64,
        header: (byteCount: Int, checksum: CRC32C),
        payload: (byteCount: UInt64, checksum: CRC32C)
    ) {
        typeNumber = type.rawValue
        self.flags = flags
        headerByteCount = header.byteCount
        payloadByteCount = payload.byteCount
        sequence = place.sequence
        self.salt = salt
        writerEpoch = place.writerEpoch
        payloadChecksum = payload.checksum
        headerChecksum = header.checksum
    }

    /// The sync word as one little-endian number.
    static let syncNumber = syncWord.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }

    /// The 56 bytes.
    var encoded: ByteWriter {
        var writer = ByteWriter()
        writer.append(Self.syncNumber)
        writer.append(Self.version)
        writer.append(typeNumber)
        writer.append(flags.rawValue)
        writer.append(UInt32(headerByteCount))
        writer.append(payloadByteCount)
        writer.append(sequence)
        writer.append(salt)
        writer.append(writerEpoch)
        writer.append(payloadChecksum.value)
        writer.append(headerChecksum.value)
        writer.append(writer.checksum.value)
        return writer
    }
}
