public import ByteStreams
public import FrameFormat

/// A frame, by what the index of its stream says about it.
public struct IndexedFrame: Hashable, Sendable {
    /// The first byte of the frame's record.
    public var offset: StreamOffset
    /// The number of the frame.
    public var sequence: UInt64
    /// What is special about it.
    public var flags: FrameFlags
    /// When it is shown; `nil` where nobody says.
    public var presentationTime: MediaTime?

    /// Joins what is known.
    public init(
        offset: StreamOffset,
        sequence: UInt64,
        flags: FrameFlags,
        presentationTime: MediaTime?
    ) {
        self.offset = offset
        self.sequence = sequence
        self.flags = flags
        self.presentationTime = presentationTime
    }

    /// Whether it is shown at `time` or later; not if it has no time.
    func isShown(atOrAfter time: MediaTime) -> Bool {
        presentationTime.map { !$0.isBefore(time) } ?? false
    }

    /// Whether it is shown later than at `time`; not if it has no time.
    func isShown(after time: MediaTime) -> Bool {
        presentationTime.map { time.isBefore($0) } ?? false
    }
}

/// What the index says about a range of frames as a whole.
public struct IndexSurvey: Hashable, Sendable {
    /// Frames that are there.
    public var frameCount: UInt64 = 0
    /// Gaps between them and in front of the first.
    public var gapCount: UInt64 = 0

    /// Of no frames.
    public init() {}

    mutating func take(_ page: IndexPage, in range: ClosedRange<UInt64>) {
        frameCount += UInt64(page.entries.count { range.contains($0.sequence) })
        // A gap has the number of the frame before it.
        gapCount += UInt64(page.gaps.count { range.contains($0 + 1) })
    }
}
