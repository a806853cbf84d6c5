public import Buffers
public import ByteStreams

/// Checks everything that a stream says about itself.
public struct FrameStreamVerifier: Sendable {
    /// One thing that is wrong, or worth knowing.
    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// How bad it is.
        public enum Severity: Hashable, Sendable {
            /// Nothing is damaged: a gap that the stream records, a time that goes back.
            case note
            /// The stream is damaged here.
            case damage
        }

        /// How bad it is.
        public var severity: Severity
        /// The number of the record since the start of the pass, from 1; `nil` for what is beside records.
        public var recordNumber: UInt64?
        /// The offset of the first byte concerned, where there is one.
        public var offset: UInt64?
        /// The sequence number concerned, where it is known.
        public var sequence: UInt64?
        /// What is wrong: lower case, no full stop.
        public var detail: String

        /// One line for a person.
        public var description: String { detail }
    }

    /// The outcome of a whole pass.
    public struct Result: Hashable, Sendable {
        /// Records that passed.
        public var recordCount: UInt64 = 0
        /// Frames that passed.
        public var frameCount: UInt64 = 0
        /// Gaps that the stream records.
        public var gapCount: UInt64 = 0
        /// Frames that passed and are marked corrupt by their source.
        public var corruptFrameCount: UInt64 = 0
        /// Numbers of frames that are missing.
        public var missingFrameCount: UInt64 = 0
        /// Findings of damage.
        public var damageCount: UInt64 = 0

        /// Whether nothing is damaged.
        public var isClean: Bool { damageCount == 0 }
    }

    /// The totals so far; complete when ``next()`` has returned `nil`.
    public private(set) var result = Result()

    /// Prepares a pass over a stream from its head to the tail of now.
    public init(
        _ name: StreamName,
        in store: any StreamStore,
        pool: BufferPool = BufferPool()
    ) async throws {}

    /// The next finding; `nil` when the pass is complete.
    public mutating func next() async throws -> Finding? { nil }

    /// Lets go of the stream.
    public func close() async {}
}
