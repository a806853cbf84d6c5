internal import FFmpeg
internal import FrameFormat

/// What an encoder can count times in. Pure.
enum EncoderClock: Hashable {
    /// Any time base.
    case any
    /// Time bases with a denominator up to a limit: the pictures' own where it fits, or else one
    /// that counts their rate evenly.
    case limited(denominatorMaximum: UInt32)
    /// One tick a picture, at one of the rates that the codec knows.
    case pictures

    /// ISO/IEC 14496-2, 6.3.3: vop_time_increment_resolution has 16 bits.
    private static let denominatorMaximumOfMPEG4: UInt32 = 65_535

    /// The clock of an encoder, by FFmpeg's name.
    init(encoderName: String) {
        self =
            switch encoderName {
            case "mpeg4", "libxvid": .limited(denominatorMaximum: Self.denominatorMaximumOfMPEG4)
            // ISO/IEC 13818-2, 6.3.3, frame_rate_code; IEC 61834.
            case "mpeg1video", "mpeg2video", "dvvideo": .pictures
            default: .any
            }
    }

    /// The time base to give to the encoder of pictures whose times count `own`, and which come at
    /// `rate` a second where that is known.
    func timeBase(for own: Rational, rate: Rational?) -> Rational {
        switch self {
        case .any: return own
        case .pictures: return rate.map { Rational($0.denominator, $0.numerator) } ?? own
        case .limited(let maximum):
            guard own.denominator > maximum else { return own }
            if let rate, rate.numerator > 0, rate.numerator <= maximum {
                return Rational(1, rate.numerator * (maximum / rate.numerator))
            }
            return Rational(1, maximum)
        }
    }
}

/// Counts the times of a timeline in an encoder's clock. Pure.
struct EncoderTicks {
    /// How far from its time a picture may come, in seconds: as far as in containers that count
    /// milliseconds.
    static let shiftSecondsMaximum = 0.001

    let timeBase: Rational
    private let stated: Rational
    private let isSteady: Bool
    private var first: Int64?
    private var last: Int64?

    init(_ clock: EncoderClock, _ timeline: FrameTimeline) {
        stated = timeline.timeBase
        timeBase = clock.timeBase(for: stated, rate: timeline.frameRate)
        isSteady = clock == .pictures
    }

    /// A time and a duration of the timeline, in ticks of ``timeBase``. What comes at a steady rate
    /// is counted from the first picture on.
    ///
    /// - Throws: For a picture that does not come at the steady rate that the codec wants.
    mutating func place(
        _ placed: (time: Int64, duration: Int64?),
        sequence: UInt64
    ) throws(RunBreak) -> (time: Int64, duration: Int64?) {
        guard timeBase != stated else { return placed }
        let start = isSteady ? first ?? placed.time : 0
        first = start
        let (since, overflow) = placed.time.subtractingReportingOverflow(start)
        var ticks = ticks(since)
        let apart = timeBase.seconds(ticks) - stated.seconds(since)
        ticks += self.ticks(start)
        let isBehind = last.map { ticks > $0 } ?? true
        if isSteady, overflow || abs(apart) > Self.shiftSecondsMaximum || !isBehind {
            throw RunBreak(
                sequence: sequence,
                reason: """
                    frame \(sequence) does not come at the steady rate of \(timeBase.denominator)/\
                    \(timeBase.numerator) pictures a second that the codec wants
                    """,
                remedy: .words("another --codec keeps the times")
            )
        }
        if let last, !isBehind { ticks = last + 1 }
        last = ticks
        return (ticks, placed.duration.map { max(1, self.ticks($0)) })
    }

    private func ticks(_ time: Int64) -> Int64 {
        stated.fraction.rescale(time, to: timeBase.fraction)
    }
}

extension Rational {
    fileprivate func seconds(_ ticks: Int64) -> Double {
        Double(ticks) * Double(numerator) / Double(denominator)
    }
}
