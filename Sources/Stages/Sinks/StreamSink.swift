internal import FileNames
public import FrameFormat
public import FrameStreams
public import Pipelines

/// Stores frames and gaps in a stream, and says at the end that their source is complete.
///
/// What was flushed survives the end of the process; the sink flushes every second and when its
/// input has ended.
public struct StreamSink: Sink {
    /// `stream`
    public static let kind = "stream"
    /// Checksums take their time.
    public static let execution = StageExecution.blocking

    /// How long an accepted frame may wait to become durable.
    static let flushInterval = Duration.seconds(1)

    /// A source that is to be announced before its first frame.
    public struct Introduction: Sendable {
        /// Its path or URL.
        public var name: String
        /// What tells it from most others.
        public var fingerprint: SourceFingerprint
        /// What of it is stored.
        public var selection: String
        /// What the file system says of it.
        public var identity: SourceIdentity?

        /// Makes an introduction.
        public init(
            name: String,
            fingerprint: SourceFingerprint,
            selection: String,
            identity: SourceIdentity? = nil
        ) {
            self.name = name
            self.fingerprint = fingerprint
            self.selection = selection
            self.identity = identity
        }
    }

    /// What is known of a source once all of it was read.
    public struct Conclusion: Hashable, Sendable {
        /// What its files held, if they did not change meanwhile.
        public var content: SourceContent?
        /// What the file system says of them, if an equal answer later means that they are
        /// the same.
        public var identity: SourceIdentity?

        /// Makes a conclusion, of nothing by default.
        public init(content: SourceContent? = nil, identity: SourceIdentity? = nil) {
            self.content = content
            self.identity = identity
        }
    }

    private let writer: FrameStreamWriter
    private let introduction: Introduction?
    private let conclusion: @Sendable (SourceBegin) -> [Mark]
    private let conclude: @Sendable () async -> Conclusion?
    private let report: @Sendable (OutputCounts) -> Void

    /// Writes through `writer`, which stays open.
    ///
    /// - Parameters:
    ///   - writer: The stream to write.
    ///   - introduction: The source to announce; `nil` goes on with the writer's newest. That the
    ///     source is complete is written down when the input has reached its end, and not when it
    ///     was stopped.
    ///   - conclusion: What is noted of the whole source in front of its end.
    ///   - conclude: Says what is known of the source then, and may block; `nil` if it was stopped,
    ///     and the source is not complete yet.
    ///   - report: Hears what was appended so far after each element.
    public init(
        _ writer: FrameStreamWriter,
        introducing introduction: Introduction?,
        concluding conclusion: @escaping @Sendable (SourceBegin) -> [Mark] = { _ in [] },
        conclude: @escaping @Sendable () async -> Conclusion? = { Conclusion() },
        report: @escaping @Sendable (OutputCounts) -> Void = { _ in }
    ) {
        self.writer = writer
        self.introduction = introduction
        self.conclusion = conclusion
        self.conclude = conclude
        self.report = report
    }

    /// Appends everything, and returns once it is durable.
    public func run(_ input: consuming FrameInput) async throws {
        var counts = OutputCounts()
        var flushed = ContinuousClock.now
        var origin: UInt64 = 0
        var isIntroduced = introduction == nil
        /// What frames are told to be of; `nil` leaves them with the source that they name.
        var sourceID: UInt64?
        while let element = try await input.next() {
            if let introduction, !isIntroduced {
                sourceID = try await writer.beginSource(
                    name: introduction.name,
                    fingerprint: introduction.fingerprint,
                    selection: introduction.selection,
                    identity: introduction.identity
                )
                isIntroduced = true
            }
            switch element {
            case .frame(var frame):
                if let sourceID { frame.header.position.sourceID = sourceID }
                _ = try await writer.append(frame)
                origin = frame.header.position.origin
                counts.count(frame)
            case .gap(var gap):
                if let sourceID { gap.position.sourceID = sourceID }
                gap.detail = gap.detail.shownText
                try await writer.append(gap)
                counts.count(gap)
            }
            report(counts)
            let now = ContinuousClock.now
            if now - flushed >= Self.flushInterval {
                try await writer.flush()
                input.acknowledge(through: origin)
                flushed = now
            }
        }
        if isIntroduced, !input.isStopped {
            try await writer.flush()
            if let known = await conclude() {
                if let begin = await writer.sourceProgress?.begin {
                    for mark in conclusion(begin) { try await writer.append(mark) }
                }
                try await writer.endSource(content: known.content, identity: known.identity)
            }
        }
        try await writer.flush()
        input.acknowledge(through: origin)
    }
}
