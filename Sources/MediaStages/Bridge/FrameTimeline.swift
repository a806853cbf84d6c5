internal import FFmpeg
internal import FrameFormat

/// Places frames on one line of time that only goes forward, in ticks of the first frame's time
/// base. Pure.
///
/// Frames keep their times. Those of another source go on where the source before ended, a clock of
/// MPEG-2 systems that begins again goes on as well, a frame with the very time of the one in front
/// of it comes a tick later, and frames without times come at the steady rate of ``rateDefault``.
struct FrameTimeline {
    /// Frames in a second where nobody knows.
    static let rateDefault = Rational(25, 1)
    /// Ticks that are further away than any clock goes, and leave room for sums of three.
    static let tickMaximum: Int64 = 1 << 61

    /// Seconds in a tick.
    let timeBase: Rational
    /// Frames that had the time of the one in front of them.
    private(set) var repeatedCount = 0
    private let hasTimes: Bool
    private var sourceID: UInt64
    private var shift: Int64 = 0
    /// The time of the newest frame as it was stated, the clock's wraps undone.
    private var lastStated: Int64?
    private var last: Int64?
    private var lastDuration: Int64 = 1
    private let firstRate: Rational?

    init(_ first: FrameHeader) {
        hasTimes = first.presentationTime != nil
        timeBase =
            first.presentationTime?.time.timeBase
            ?? Rational(Self.rateDefault.denominator, Self.rateDefault.numerator)
        sourceID = first.position.sourceID
        firstRate = first.frameRate
    }

    /// What a person should know.
    var remark: String? {
        hasTimes
            ? nil : "the frames have no times; they come at \(Self.rateDefault.numerator) a second"
    }

    /// Frames in a second, as the first frame's duration has it; a hint for rate control.
    var frameRate: Rational? {
        guard hasTimes else { return Self.rateDefault }
        return firstRate
    }

    /// When a frame is shown and for how long, in ticks.
    ///
    /// - Throws: For a frame that is shown before the one in front of it.
    mutating func place(
        _ header: FrameHeader
    ) throws(RunBreak) -> (time: Int64, duration: Int64?) {
        let duration = header.duration.flatMap { ticks($0.time) }.map {
            min(max($0, 0), Self.tickMaximum / 2)
        }
        guard hasTimes else {
            let time = (last ?? -1) + 1
            last = time
            return (time, 1)
        }
        guard let stamped = header.presentationTime, var stated = ticks(stamped.time) else {
            throw RunBreak(
                sequence: header.sequence,
                reason: "frame \(header.sequence) has no time that can be used; others have",
                remedy: .parts
            )
        }
        let isOtherSource = header.position.sourceID != sourceID
        if !isOtherSource, let lastStated {
            stated = MPEGClock.unwrapped(stated, after: lastStated, timeBase: timeBase)
        }
        var time = stated + shift
        if let last, time <= last {
            if isOtherSource {
                time = last + lastDuration
                shift = time - stated
            } else if isRepeated(stated) {
                repeatedCount += 1
                time = last + 1
            } else {
                throw RunBreak(
                    sequence: header.sequence,
                    reason: """
                        frame \(header.sequence) is shown at \(stamped.time.seconds) s, before the one in front of it
                        """,
                    remedy: .parts
                )
            }
        }
        guard time.magnitude <= Self.tickMaximum.magnitude else {
            throw RunBreak(
                sequence: header.sequence,
                reason: "frame \(header.sequence) comes later than a file can say",
                remedy: .parts
            )
        }
        sourceID = header.position.sourceID
        (last, lastStated) = (time, stated)
        lastDuration = max(1, duration ?? lastDuration)
        return (time, duration)
    }

    /// Whether a frame repeats the time of the one in front, or was caught up by such frames, which
    /// came a tick later each; by no more than a frame's duration.
    private func isRepeated(_ stated: Int64) -> Bool {
        guard let last, let lastStated, stated >= lastStated else { return false }
        return last + 1 - (stated + shift) <= max(1, lastDuration)
    }

    /// A time in ticks of the first frame's time base, to the nearest; `nil` beyond any clock.
    private func ticks(_ time: MediaTime) -> Int64? {
        let value =
            time.timeBase == timeBase
            ? time.value : time.timeBase.fraction.rescale(time.value, to: timeBase.fraction)
        return value.magnitude <= Self.tickMaximum.magnitude ? value : nil
    }
}
