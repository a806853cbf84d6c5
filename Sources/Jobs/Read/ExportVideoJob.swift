internal import ByteStreams
public import FrameFormat
internal import FrameStreams
public import MediaStages
internal import Pipelines
internal import Stages
public import SystemPackage

/// Writes frames of a stream as a video file, encoded anew or as they are.
public struct ExportVideoJob: Sendable {
    /// What becomes of the frames.
    public enum Coding: Sendable {
        /// They are encoded; where sides are odd and the encoder wants them even, the last column
        /// or row may be repeated.
        case encode(Encode.Options, pads: Bool)
        /// Packets are written as they are.
        case copy
        /// Packets are written as they are, but for those of the groups of pictures at the ends of
        /// what is shown from the first time on and before the second.
        case clip(from: MediaTime?, to: MediaTime?)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// What was written.
        public let counts: VideoSink.Counts
        /// Whether damage was met, and said, on the way.
        public let metFaults: Bool
    }

    /// The stream to read: a path or a URL.
    public var stream: String
    /// The file to write.
    public var file: FilePath
    /// What the file is.
    public var container: VideoContainer
    /// What becomes of the frames.
    public var coding: Coding
    /// Whether a file that exists is replaced.
    public var replaces = false
    /// Which frames.
    public var selection = StreamSelection()
    /// What pictures are converted to before they are encoded.
    public var conversion = Conversion()
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Writes all frames of a stream.
    public init(stream: String, to file: FilePath, container: VideoContainer, coding: Coding) {
        self.stream = stream
        self.file = file
        self.container = container
        self.coding = coding
    }

    private var copies: Bool {
        if case .encode = coding { false } else { true }
    }

    /// Writes the file, which has its name only when it is whole, or when the job was stopped and
    /// the file is whole up to there.
    public func run(in context: JobContext) async throws -> Outcome {
        let opened = try context.stream(stream)
        if copies { try await requireGroups(of: opened, context) }
        let reading = StreamReading(
            opened,
            selection,
            conversion: conversion,
            decodes: !copies,
            needsNumbers: false,
            decoding: decoding,
            in: context
        )
        context.report(.begins(stream))
        let latest = Latest(VideoSink.Counts())
        let sink = VideoSink(
            to: file,
            container: container,
            isForced: replaces,
            remark: { [file] in context.warn("\(file): \($0)") }
        ) { counts in
            latest.value = counts
            context.report(.progress(JobProgress(counts.output)))
        }
        try await reading.run(through: transforms(context), into: sink)
        var counts = latest.value
        if copies { counts.count(try await reading.censuses()) }
        return Outcome(counts: counts, metFaults: reading.metFaults)
    }

    private func transforms(_ context: JobContext) -> [any Transform] {
        let remark: @Sendable (String) -> Void = { [stream] in context.note("\(stream): \($0)") }
        let pool = context.pool
        switch coding {
        case .copy: return []
        case .clip(let start, let end):
            return [Clip(from: start, to: end, pool: pool, remark: remark)]
        case .encode(let options, let pads):
            let encode = Encode(options, pool: pool, remark: remark)
            return pads ? [Pad(pool: pool), encode] : [encode]
        }
    }

    /// Of packets that are copied, the numbers are those of packets.
    private func requireGroups(of stream: OpenStream, _ context: JobContext) async throws {
        guard let numbers = selection.frames.sequences else { return }
        try await stream.store.withReader(for: stream.name) { reader in
            var planner = ReadingPlanner(reader, for: .init(decodes: false), pool: context.pool)
            try await planner.requireWholeGroups(numbers)
        }
    }
}
