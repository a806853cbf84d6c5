internal import FrameFormat

/// Pictures that one encoder can take one behind the other: alike in size and pixel format, and in
/// the order of their times. Pure.
struct EncodableRun {
    private let first: FrameHeader
    private(set) var timeline: FrameTimeline
    private var ticks: EncoderTicks
    /// The first frame that was placed and the last.
    private(set) var sequences: ClosedRange<UInt64>

    init(_ first: FrameHeader, clock: EncoderClock) {
        self.first = first
        timeline = FrameTimeline(first)
        ticks = EncoderTicks(clock, timeline)
        sequences = first.sequence...first.sequence
    }

    /// Seconds in a tick of what the encoder gets.
    var timeBase: Rational { ticks.timeBase }

    /// When a frame is shown and for how long, in ticks of ``timeBase``.
    ///
    /// - Throws: For a frame that does not fit behind those before it.
    mutating func place(
        _ header: FrameHeader
    ) throws(RunBreak) -> (time: Int64, duration: Int64?) {
        guard header.width == first.width, header.height == first.height,
            header.pixelFormat == first.pixelFormat
        else {
            throw RunBreak(
                sequence: header.sequence,
                reason: """
                    frame \(header.sequence) is \(header.width)x\(header.height) \
                    \(header.pixelFormat?.name ?? "") behind frames of \(first.width)x\(first.height) \
                    \(first.pixelFormat?.name ?? ""); make them alike with --size and --pixel-format
                    """,
                remedy: .parts
            )
        }
        let placed = try ticks.place(try timeline.place(header), sequence: header.sequence)
        sequences = min(sequences.lowerBound, header.sequence)...header.sequence
        return placed
    }
}
