public import Buffers

/// Reads the fields of a record without its payload.
public enum RecordHeaderCoding {
    /// Decodes the record that `prefix` starts, from its fields alone, after checking their checksum.
    ///
    /// A frame comes with an empty payload and empty side data, whose kinds are right; an index block
    /// comes without entries. Nothing is known then about the payload's bytes being sound.
    ///
    /// - Parameters:
    ///   - prefix: The record's prefix.
    ///   - header: The bytes of the fields: exactly `prefix.headerByteCount`.
    ///   - pool: Gives the memory that empty buffers need.
    public static func decode(
        prefix: RecordPrefix,
        header: RawSpan,
        pool: BufferPool
    ) throws(FormatError) -> Record {
        throw .noSyncWord
    }
}
