internal import FFmpeg
internal import FrameFormat

/// Places frames on one line of time that only goes forward, in ticks of the first frame's time
/// base. Pure.
///
/// Frames keep their times. Those of another source go on where the source before ended, and frames
/// without times come at the steady rate of ``rateDefault``.
struct FrameTimeline {
    /// Frames in a second where nobody knows.
    static let rateDefault = Rational(25, 1)

    /// Seconds in a tick.
    let timeBase: Rational
    private let hasTimes: Bool
    private var sourceID: UInt64
    private var shift: Int64 = 0
    private var last: Int64?
    private var lastDuration: Int64 = 1
    private let firstDuration: Int64?

    init(_ first: FrameHeader) {
        hasTimes = first.presentationTime != nil
        timeBase =
            first.presentationTime?.time.timeBase
            ?? Rational(Self.rateDefault.denominator, Self.rateDefault.numerator)
        sourceID = first.position.sourceID
        firstDuration = first.duration?.time.value
    }

    /// What a person should know.
    var remark: String? {
        hasTimes
            ? nil : "the frames have no times; they come at \(Self.rateDefault.numerator) a second"
    }

    /// Frames in a second, as the first frame's duration has it; a hint for rate control.
    var frameRate: Rational? {
        guard hasTimes else { return Self.rateDefault }
        guard let firstDuration, firstDuration > 0, let ticks = UInt32(exactly: firstDuration),
            case let (bottom, overflow) = timeBase.numerator.multipliedReportingOverflow(by: ticks),
            !overflow
        else { return nil }
        return Rational(timeBase.denominator, bottom)
    }

    /// When a frame is shown and for how long, in ticks.
    ///
    /// - Throws: `unsuitable` for a frame that is shown before the one in front of it.
    mutating func place(_ header: FrameHeader) throws -> (time: Int64, duration: Int64?) {
        let duration = header.duration.map { ticks($0.time) }
        guard hasTimes else {
            let time = (last ?? -1) + 1
            last = time
            return (time, 1)
        }
        guard let stamped = header.presentationTime else {
            throw StageError(.unsuitable, "frame \(header.sequence) has no time; others have")
        }
        var time = ticks(stamped.time) + shift
        if let last, time <= last {
            guard header.position.sourceID != sourceID else {
                throw StageError(
                    .unsuitable,
                    """
                    frame \(header.sequence) is shown at \(stamped.time.seconds) s, before the one in front of \
                    it; export the frames on both sides apart with --frames
                    """
                )
            }
            shift += last + lastDuration - time
            time = last + lastDuration
        }
        sourceID = header.position.sourceID
        last = time
        lastDuration = max(1, duration ?? lastDuration)
        return (time, duration)
    }

    /// A time in ticks of the first frame's time base, to the nearest.
    private func ticks(_ time: MediaTime) -> Int64 {
        guard time.timeBase != timeBase else { return time.value }
        return time.timeBase.fraction.rescale(time.value, to: timeBase.fraction)
    }
}
