internal import FFmpeg
internal import FrameFormat

/// The clock of MPEG-2 systems: 33 bits at 90,000 a second, which begin again every 26.5 hours
/// (ISO/IEC 13818-1 section 2.4.3.7). Pure.
enum MPEGClock {
    private static let base = Rational(1, 90_000)
    private static let period: Int64 = 1 << 33
    /// How far what follows a wrap may be from what precedes it: an hour.
    private static let toleranceSeconds: Int64 = 3600

    /// A time as it is if the clock has begun again since `last`; unchanged if nothing speaks for
    /// that, because the time does not lie behind by whole periods.
    static func unwrapped(_ ticks: Int64, after last: Int64, timeBase: Rational) -> Int64 {
        let period = base.fraction.rescale(Self.period, to: timeBase.fraction)
        let tolerance = Rational(1, 1).fraction.rescale(toleranceSeconds, to: timeBase.fraction)
        let (behind, overflow) = last.subtractingReportingOverflow(ticks)
        guard period > 1, !overflow, behind > period / 2 else { return ticks }
        let count = (behind - 1) / period + 1
        for count in [count, count - 1] where count > 0 {
            let (shift, overflow) = period.multipliedReportingOverflow(by: count)
            guard !overflow, case let (sum, overflow) = ticks.addingReportingOverflow(shift),
                !overflow, (sum - last).magnitude <= tolerance.magnitude
            else { continue }
            return sum
        }
        return ticks
    }
}
