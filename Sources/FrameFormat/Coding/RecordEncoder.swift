public import Buffers

/// A record as bytes, in the pieces that a store is given one after the other.
public struct EncodedRecord: Sendable {
    /// Bytes that are stored as a whole.
    public struct Piece: Sendable {
        /// The bytes.
        public var bytes: Buffer
        /// Their checksum, which a store keeps and never computes again.
        public var checksum: CRC32C
    }

    /// Prefix and fields; the payload, not copied; each piece of side data, not copied; the trailer.
    /// Pieces without bytes are left out.
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
    ///   - salt: A random number, the same for all records of the stream; not 0.
    ///   - pool: Gives the memory for fields and trailers.
    public init(salt: UInt64, pool: BufferPool) {
        self.salt = salt
        self.pool = pool
    }

    /// Encodes `record` at `place`; the sequence and the epoch in a frame's own header are not used.
    ///
    /// - Parameter payloadChecksum: The checksum of the frame's payload without its side data, if it
    ///   is known already.
    /// - Throws: What a decoder would refuse the record for.
    public func encode(
        _ record: Record,
        at place: RecordPlace,
        payloadChecksum: CRC32C? = nil
    ) throws(FormatError) -> EncodedRecord {
        throw .noSyncWord
    }
}
