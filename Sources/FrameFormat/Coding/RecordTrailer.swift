internal import Buffers

/// The last 32 bytes of a record: how long it is, so that a reader can walk back from the tail
/// (specification, section 7).
public struct RecordTrailer: Hashable, Sendable {
    /// The bytes of a trailer.
    public static let byteCount = 32

    /// What every trailer starts with, as a little-endian number.
    static let magic: UInt32 = 0x4B50_53E7

    /// The bytes of the whole record, from prefix to trailer.
    public var recordByteCount: UInt64
    /// Bytes from the newest index record's first byte to this record's first byte; 0 where there
    /// is none.
    public var indexDistance: UInt64
    /// The random number of the stream.
    public var salt: UInt64

    init(recordByteCount: UInt64, indexDistance: UInt64, salt: UInt64) {
        self.recordByteCount = recordByteCount
        self.indexDistance = indexDistance
        self.salt = salt
    }

    /// Reads and checks the trailer at the start of `bytes`, of which there are at least 32.
    ///
    /// - Throws: `trailerChecksum`.
    public init(_ bytes: RawSpan) throws(FormatError) {
        precondition(bytes.byteCount >= Self.byteCount, "a trailer has 32 bytes")
        let covered = Self.byteCount - 4
        guard bytes.littleEndian(at: 0) == Self.magic,
            CRC32C(of: bytes.extracting(0..<covered)).value == bytes.littleEndian(at: covered)
        else { throw .trailerChecksum }
        recordByteCount = bytes.littleEndian(at: 4)
        indexDistance = bytes.littleEndian(at: 12)
        salt = bytes.littleEndian(at: 20)
    }

    /// The 32 bytes.
    var encoded: ByteWriter {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(recordByteCount)
        writer.append(indexDistance)
        writer.append(salt)
        writer.append(writer.checksum.value)
        return writer
    }
}
