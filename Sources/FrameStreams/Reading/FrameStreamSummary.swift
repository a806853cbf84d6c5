public import Buffers
public import ByteStreams
public import FrameFormat

/// What there is in a stream, in short.
public struct FrameStreamSummary: Sendable {
    /// A source in a stream.
    public struct Source: Hashable, Sendable {
        /// What announced it.
        public var begin: SourceBegin
        /// What ended it, if it is complete.
        public var end: SourceEnd?

        /// Joins beginning and end.
        public init(begin: SourceBegin, end: SourceEnd?) {
            self.begin = begin
            self.end = end
        }
    }

    /// The bounds of the stream when it was looked at.
    public var bounds: StreamBounds
    /// What the stream has held since its first byte.
    public var totals: StreamTotals
    /// The header of the first frame that can be read; `nil` if there is none.
    public var firstFrame: FrameHeader?
    /// The header of the last frame.
    public var lastFrame: FrameHeader?
    /// The sources, oldest first, as far back as the stream reaches.
    public var sources: [Source]

    /// Looks at head, tail and index, without payloads: some hundred small reads, and as many again
    /// for each border between sources; all records where the end of the stream or its index is
    /// damaged.
    public static func read(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> FrameStreamSummary {
        let bounds = try await reader.bounds()
        var recovery = try await StreamRecovery(reader, bounds: bounds, pool: pool)
        var summary = FrameStreamSummary(
            bounds: bounds,
            totals: try await recovery.run().state.totals,
            sources: try await SourceHistory.read(reader, pool: pool)
        )
        summary.firstFrame = try await frame(reader, from: .head, pool: pool)
        var locator = FrameLocator(reader, pool: pool)
        if let last = try await locator.locateLast(1) {
            summary.lastFrame = try await frame(reader, from: .offset(last.offset), pool: pool)
        }
        return summary
    }

    /// The seconds from the first frame's presentation to the end of the last one's, if the stream
    /// has at most one source, so that both are on one clock, and both say their time.
    public var seconds: Double? {
        guard sources.count <= 1, let first = firstFrame?.presentationTime,
            let last = lastFrame?.presentationTime
        else { return nil }
        return last.time.seconds + (lastFrame?.duration?.time.seconds ?? 0) - first.time.seconds
    }

    private static func frame(
        _ reader: any ByteStreamReader,
        from start: FrameStreamReader.Start,
        pool: BufferPool
    ) async throws -> FrameHeader? {
        var records = FrameStreamReader(reader, pool: pool, from: start, payloads: .skip)
        while let item = try await records.next() {
            if case .record(let stored) = item, case .frame(let frame) = stored.record {
                return frame.header
            }
        }
        return nil
    }
}
