public import Buffers
public import ByteStreams
public import FrameFormat

/// Appends frames, and what else there is to say, to a stream.
///
/// Calls are made one after the other; several pipelines in sequence may share a writer.
public actor FrameStreamWriter {
    /// What a writer can be told.
    public struct Options: Sendable {
        /// Where the bytes of records come from.
        public var pool: BufferPool
        /// The salt of a new stream, and nothing to a stream that has one; random by default.
        public var salt: UInt64
        /// The time since some fixed moment; decides nothing but how long small records are gathered.
        public var now: @Sendable () -> Duration

        /// Makes options.
        public init(
            pool: BufferPool = BufferPool(),
            salt: UInt64 = .random(in: 1 ... .max),
            now: (@Sendable () -> Duration)? = nil
        ) {
            let start = ContinuousClock.now
            self.pool = pool
            self.salt = salt
            self.now = now ?? { start.duration(to: .now) }
        }
    }

    /// How far the newest source of the stream has come; `nil` in a stream without sources.
    public private(set) var sourceProgress: SourceProgress?
    /// What the stream holds.
    public private(set) var totals = StreamTotals()

    private init() {}

    /// Opens a stream for writing, creates it if there is none, and learns where it stopped.
    public static func open(
        _ name: StreamName,
        in store: any StreamStore,
        options: Options = Options()
    ) async throws -> FrameStreamWriter {
        FrameStreamWriter()
    }

    /// Appends a frame, with the next sequence number and the writer's epoch in its header.
    ///
    /// - Returns: The sequence number of the frame.
    @discardableResult
    public func append(_ frame: Frame) async throws -> UInt64 { 0 }

    /// Appends a gap.
    public func append(_ gap: Gap) async throws {}

    /// Appends a mark.
    public func append(_ mark: Mark) async throws {}

    /// Announces a source. What follows belongs to it until the next announcement.
    ///
    /// - Returns: The number of the source in its stream, for ``SourcePosition/sourceID``.
    @discardableResult
    public func beginSource(
        name: String,
        fingerprint: SourceFingerprint,
        selection: String
    ) async throws -> UInt64 { 0 }

    /// Says that the newest source is complete.
    public func endSource() async throws {}

    /// The sources that are completely in the stream and were made from this input with this selection.
    public func endedSources(
        matching fingerprint: SourceFingerprint,
        selection: String
    ) async throws -> [EndedSource] { [] }

    /// Waits until everything appended before the call is durable.
    public func flush() async throws {}

    /// Flushes, and lets another writer in. Nothing can be appended afterwards.
    public func close() async throws {}
}
