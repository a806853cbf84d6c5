public import FrameFormat

/// How far the newest source of a stream has come.
public struct SourceProgress: Hashable, Sendable {
    /// What announced it.
    public var begin: SourceBegin
    /// The ordinal of its last frame, or of the frame before its last gap; 0 before the first.
    public var lastOrdinal: UInt64 = 0
    /// The largest origin of its frames and gaps: nothing up to it is needed again.
    public var lastOrigin: UInt64 = 0
    /// When its last frame is shown; `nil` before the first, or when that frame has no time.
    public var lastPresentationTime: MediaTime?
    /// Frames of it in the stream.
    public var frameCount: UInt64 = 0
    /// Gaps of it in the stream.
    public var gapCount: UInt64 = 0
    /// Frames of it in the stream that are marked corrupt.
    public var corruptFrameCount: UInt64 = 0
    /// Whether all of it is in the stream.
    public var isEnded = false

    /// The progress of a source that was just announced.
    public init(begin: SourceBegin) {
        self.begin = begin
    }
}

/// A source that is completely in a stream.
public struct EndedSource: Hashable, Sendable {
    /// What announced it.
    public var begin: SourceBegin
    /// What ended it.
    public var end: SourceEnd

    /// Joins beginning and end.
    public init(begin: SourceBegin, end: SourceEnd) {
        self.begin = begin
        self.end = end
    }
}
