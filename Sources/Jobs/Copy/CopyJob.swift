public import ByteStreams
internal import FrameFormat
internal import FrameStreams
public import MediaStages
internal import Stages

/// Copies a stream, or a part of it, into another.
///
/// A whole copy keeps records as they are, and goes on where it was interrupted when the same job
/// runs again. A part, and pictures made of packets, become one new source of a new stream.
public struct CopyJob: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// Frames that were in the target before.
        public var existingFrameCount: UInt64 = 0
        /// Frames that were copied now.
        public var frameCount: UInt64
        /// Frames among them that are marked corrupt.
        public var corruptFrameCount: UInt64
        /// Gaps.
        public var gapCount: UInt64
        /// Payload bytes that were copied now.
        public var byteCount: UInt64
        /// Whether damage was met, and said, on the way.
        public var metFaults: Bool
        /// Whether the job was stopped before the end, and, if so, whether it can go on.
        public var isStopped: Bool
        /// Whether the same job goes on where this one was stopped.
        public var isResumable: Bool
    }

    /// The stream to read: a path or a URL.
    public var source: String
    /// The stream to write: a path or a URL. It is made where it is missing.
    public var target: String
    /// How it is written.
    public var policy = StoragePolicy()
    /// What the copy holds, if not what the stream holds.
    public var payload: IngestJob.Payload?
    /// Which frames.
    public var selection = StreamSelection()
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Copies a whole stream.
    public init(from source: String, to target: String) {
        self.source = source
        self.target = target
    }

    /// Copies, as far as the stream goes, or until the job is asked to stop.
    public func run(in context: JobContext) async throws -> Outcome {
        let from = try context.stream(source)
        let to = try context.stream(target, policy: policy)
        guard from.location != to.location else {
            throw UsageError("\(source) cannot be copied into itself; name another stream")
        }
        let isCoded = try await from.store.withReader(for: from.name) { reader in
            try await FrameStreamSummary.read(reader, pool: context.pool).firstFrame
                .map { $0.codec != .raw } ?? true
        }
        let decodes = payload == .raw && isCoded
        if payload == .packets, !isCoded {
            throw UsageError("\(source) holds pictures; packets are made by export video")
        }
        let isPart = !selection.isEverything
        if isPart, isCoded, !decodes {
            throw UsageError(
                """
                a part of the packets would break groups of pictures; add --payload raw, or leave the \
                selection out
                """
            )
        }
        if isPart || decodes {
            return try await PartCopy(job: self, from: from, to: to, context: context).run()
        }
        return try await WholeCopy(job: self, from: from, to: to, context: context).run()
    }
}
