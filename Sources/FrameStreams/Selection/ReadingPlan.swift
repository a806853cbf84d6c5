public import ByteStreams

/// Which parts of a stream are read for a selection, and what is then left to be judged frame by
/// frame.
public struct ReadingPlan: Hashable, Sendable {
    /// A part of a stream.
    public struct Span: Hashable, Sendable {
        /// Where it starts.
        public var start: FrameStreamReader.Start
        /// The record behind its last; `nil` reads to the tail.
        public var end: StreamOffset?

        /// Makes a part.
        public init(from start: FrameStreamReader.Start, until end: StreamOffset? = nil) {
            self.start = start
            self.end = end
        }

        /// The whole stream.
        public static let whole = Span(from: .head)
    }

    /// What is read, in order.
    public var spans: [Span]
    /// What lets the wanted ones among the frames pass that are read.
    public var selection: FrameSelection
    /// Where decoding starts, if that is not the first packet ever.
    public var decodeStart: DecodeStart?
    /// Whether packets are decoded from the head only because no census says which pictures they
    /// give.
    public var lacksCensus = false

    /// Whether packets are among the frames, where they are to be decoded: without any, there is
    /// nothing to decode. `nil` where that is not known.
    public var holdsPackets: Bool?

    /// Makes a plan; one that reads everything by default.
    public init(
        spans: [Span] = [.whole],
        selection: FrameSelection,
        decodeStart: DecodeStart? = nil
    ) {
        self.spans = spans
        self.selection = selection
        self.decodeStart = decodeStart
    }
}
