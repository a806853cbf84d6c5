import CFFmpeg

/// A fraction as FFmpeg keeps time bases, rates and aspect ratios (AVRational).
public struct Fraction: Hashable, Sendable {
    /// What is divided.
    public var numerator: Int32

    /// What it is divided by; 0 in fractions that say nothing.
    public var denominator: Int32

    /// The fraction as given; it is not reduced.
    public init(_ numerator: Int32, _ denominator: Int32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Microseconds, in which FFmpeg counts where there is no stream (AV_TIME_BASE_Q).
    public static let microseconds = Fraction(cffmpeg_microseconds())

    /// Whether numerator and denominator are above zero.
    public var isPositive: Bool { numerator > 0 && denominator > 0 }

    /// The same time counted in `target`, to the nearest tick, halves away from zero; the extreme
    /// values pass unchanged (av_rescale_q_rnd with AV_ROUND_PASS_MINMAX).
    ///
    /// `self` is the time base of `ticks`. Both time bases have to be positive.
    public func rescale(_ ticks: Int64, to target: Fraction) -> Int64 {
        precondition(isPositive && target.isPositive, "a time base is positive")
        let rounding = AVRounding(
            rawValue: AV_ROUND_NEAR_INF.rawValue | AV_ROUND_PASS_MINMAX.rawValue
        )
        return av_rescale_q_rnd(ticks, rational, target.rational, rounding)
    }

    init(_ rational: AVRational) {
        self.init(rational.num, rational.den)
    }

    var rational: AVRational { AVRational(num: numerator, den: denominator) }

    /// Nothing for FFmpeg's fractions that say nothing (0/1, 0/0, 1/0).
    static func known(_ rational: AVRational) -> Fraction? {
        let fraction = Fraction(rational)
        return fraction.isPositive ? fraction : nil
    }
}

extension Fraction: CustomStringConvertible {
    /// Numerator and denominator with a slash between them.
    public var description: String { "\(numerator)/\(denominator)" }
}

/// FFmpeg's number for "no timestamp" on one side, `nil` on the other.
enum Timestamp {
    static func optional(_ ticks: Int64) -> Int64? {
        ticks == cffmpeg_no_timestamp() ? nil : ticks
    }

    static func raw(_ ticks: Int64?) -> Int64 {
        ticks ?? cffmpeg_no_timestamp()
    }
}
