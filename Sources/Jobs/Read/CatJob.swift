internal import ByteStreams
public import MediaStages
internal import Pipelines
public import Stages

/// Writes the frames of a stream as bytes.
public struct CatJob: Sendable {
    /// What is written.
    public enum Form: String, Sendable, CaseIterable {
        /// Visible planes, tight, one frame behind the other, as `ffmpeg -f rawvideo` writes them.
        case raw
        /// YUV4MPEG2.
        case y4m
        /// Headers and gaps as JSON, one a line.
        case ndjson
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// What was written.
        public let counts: OutputCounts
        /// Whether damage was met, and said, on the way.
        public let metFaults: Bool
    }

    /// The stream to read: a path or a URL.
    public var stream: String
    /// What is written.
    public var form: Form
    /// Which frames.
    public var selection = StreamSelection()
    /// What pictures are converted to.
    public var conversion = Conversion()
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Writes all frames of a stream.
    public init(stream: String, form: Form) {
        self.stream = stream
        self.form = form
    }

    /// Writes, and ends when the stream ends, or early when it is asked to stop.
    public func run(to output: ByteOutput, in context: JobContext) async throws -> Outcome {
        let reading = StreamReading(
            try context.stream(stream),
            selection,
            conversion: conversion,
            decodes: form != .ndjson,
            needsNumbers: false,
            decoding: decoding,
            in: context
        )
        let tally = Tally()
        try await reading.run(into: sink(output, context) { tally.update($0) })
        var counts = tally.counts
        if form == .ndjson, counts.packets != nil { counts.count(try await reading.censuses()) }
        return Outcome(counts: counts, metFaults: reading.metFaults)
    }

    private func sink(
        _ output: ByteOutput,
        _ context: JobContext,
        _ report: @escaping @Sendable (OutputCounts) -> Void
    ) -> any Sink {
        switch form {
        case .raw: RawOutput(to: output, report: report)
        case .y4m: Y4MOutput(to: output, notice: { context.note($0) }, report: report)
        case .ndjson: JSONOutput(to: output, report: report)
        }
    }
}
