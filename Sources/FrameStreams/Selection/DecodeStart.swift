public import FrameFormat

/// Where decoding starts in the middle of a stream, and what its pictures are numbered behind.
public struct DecodeStart: Hashable, Sendable {
    /// The pictures that came out were not those that were foretold: their numbers are not known.
    /// Nothing has been given out.
    public struct Mismatch: Error, Sendable {
        /// Says no more than that.
        public init() {}
    }

    /// Pictures of the stream before the first one that counts.
    public var sequence: UInt64
    /// The source of the first packet, and how many of its pictures come before the first one that
    /// counts.
    public var position: SourcePosition
    /// Pictures that are shown before this do not count and are left out, up to the first that
    /// does: they need packets that are not decoded.
    public var dropsBefore: MediaTime?
    /// When the first that counts is shown, if that is known.
    public var firstTime: MediaTime?

    /// Starts behind so many pictures.
    public init(
        sequence: UInt64,
        position: SourcePosition,
        dropsBefore: MediaTime? = nil,
        firstTime: MediaTime? = nil
    ) {
        self.sequence = sequence
        self.position = position
        self.dropsBefore = dropsBefore
        self.firstTime = firstTime
    }

    /// Whether the first pictures count.
    package enum Verdict: Hashable {
        case counts, doesNot
    }

    /// Judges a picture, as long as none has counted.
    package func judge(_ header: FrameHeader) throws(Mismatch) -> Verdict {
        guard dropsBefore != nil || firstTime != nil else { return .counts }
        guard let time = header.presentationTime?.time else { throw Mismatch() }
        if let dropsBefore, time.isBefore(dropsBefore) { return .doesNot }
        if let firstTime, time.isBefore(firstTime) || firstTime.isBefore(time) { throw Mismatch() }
        return .counts
    }
}
