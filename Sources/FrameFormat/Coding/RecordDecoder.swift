public import Buffers

/// Turns bytes into records, as they come, and finds the next record after damage.
public struct RecordDecoder: Sendable {
    /// What a reader allows, beside the limits of the format.
    public struct Limits: Hashable, Sendable {
        /// The largest payload that is gathered, in bytes; a larger one is a fault.
        public var payloadByteCountMaximum: UInt64

        /// Makes limits, those of the format by default.
        public init(
            payloadByteCountMaximum: UInt64 = FormatLimits.payloadByteCountMaximum
        ) {
            self.payloadByteCountMaximum = payloadByteCountMaximum
        }
    }

    /// What was found.
    public enum Item: Hashable, Sendable {
        /// A sound record.
        case record(StoredRecord)
        /// Bytes that are no sound record.
        case fault(RecordFault)
    }

    /// The random number of the stream; learnt from the first sound record if it was not given.
    public private(set) var salt: UInt64?

    /// How many more bytes are needed before the next item can be decided; a hint, at least 1.
    public var wantedByteCount: Int { RecordPrefix.byteCount }

    /// Makes a decoder for the bytes from `offset` on.
    ///
    /// - Parameters:
    ///   - offset: The offset in the stream of the first byte that will be appended.
    ///   - salt: The random number of the stream, if it is known.
    ///   - pool: Gives the memory for payloads that come in several chunks.
    ///   - limits: What the reader allows.
    public init(
        at offset: UInt64,
        salt: UInt64?,
        pool: BufferPool,
        limits: Limits = Limits()
    ) {
        self.salt = salt
    }

    /// Takes the next bytes of the stream.
    ///
    /// - Parameter checksum: The checksum of exactly `bytes`, if the store has it.
    public mutating func append(_ bytes: Buffer, checksum: CRC32C? = nil) {
    }

    /// Notes that the next bytes of the stream are gone.
    public mutating func appendLost(byteCount: Int) {
    }

    /// Notes that no more bytes will come, so that what is incomplete becomes a fault.
    public mutating func finish() {
    }

    /// The next item; `nil` when more bytes are needed or, after ``finish()``, nothing is left.
    public mutating func next() -> Item? {
        nil
    }
}
