internal import FoundationEssentials
public import FrameFormat
public import FrameStreams

/// Reads what people write for times, rates, sizes and ranges of frames.
public enum SelectionText {
    /// Nanoseconds in a second, the finest step of a time that is written down.
    static let nanosecondsPerSecond: Int64 = 1_000_000_000
    /// The most digits behind the point of a second.
    static let fractionDigitCountMaximum = 9

    /// An instant: `12.5`, `01:02:03.5`, `02:03.5`, or RFC 3339 (`2026-05-01T12:00:00.25Z`) for
    /// wall clock.
    public static func timePoint(_ text: String) -> TimePoint? {
        if text.contains("T") || text.contains("t") {
            return wallClock(text).map { .wall(nanoseconds: $0) }
        }
        return mediaNanoseconds(text).map {
            .media(MediaTime(value: $0, timeBase: Rational(1, UInt32(nanosecondsPerSecond))))
        }
    }

    /// A range of instants `A..B`, either end open: B is the first instant outside.
    public static func timeRange(_ text: String) -> (start: TimePoint?, end: TimePoint?)? {
        guard let (first, last) = ends(of: text), !(first.isEmpty && last.isEmpty) else {
            return nil
        }
        let start = timePoint(first)
        let end = timePoint(last)
        guard first.isEmpty == (start == nil), last.isEmpty == (end == nil) else { return nil }
        switch (start, end) {
        case (.media(let start), .media(let end)) where !start.isBefore(end): return nil
        case (.wall(let start), .wall(let end)) where start >= end: return nil
        case (.media, .wall), (.wall, .media): return nil
        default: return (start, end)
        }
    }

    /// Frame numbers `A..B` from 1, both ends included, either end open; or one number.
    public static func sequences(_ text: String) -> ClosedRange<UInt64>? {
        if let number = UInt64(text) { return number >= 1 ? number...number : nil }
        guard let (first, last) = ends(of: text), !(first.isEmpty && last.isEmpty) else {
            return nil
        }
        guard let start = first.isEmpty ? 1 : UInt64(first), start >= 1,
            let end = last.isEmpty ? UInt64.max : UInt64(last), start <= end
        else { return nil }
        return start...end
    }

    /// Frames a second: `10`, `29.97`, `30000/1001`.
    public static func rate(_ text: String) -> Rational? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let top = UInt32(parts[0]), let bottom = UInt32(parts[1]) {
            return top > 0 && bottom > 0 ? Rational(top, bottom) : nil
        }
        guard let nanos = secondsAsNanoseconds(text), nanos > 0 else { return nil }
        let divisor = greatestCommonDivisor(nanos, nanosecondsPerSecond)
        guard let top = UInt32(exactly: nanos / divisor),
            let bottom = UInt32(exactly: nanosecondsPerSecond / divisor)
        else { return nil }
        return Rational(top, bottom)
    }

    /// Columns and rows: `640x480`.
    public static func size(_ text: String) -> (width: UInt32, height: UInt32)? {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = UInt32(parts[0]), let height = UInt32(parts[1]),
            (1...FormatLimits.dimensionMaximum).contains(width),
            (1...FormatLimits.dimensionMaximum).contains(height)
        else { return nil }
        return (width, height)
    }

    private static func ends(of text: String) -> (String, String)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        return (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
    }

    private static func mediaNanoseconds(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let parts = (isNegative ? text.dropFirst() : text[...])
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), let last = parts.last,
            var total = secondsAsNanoseconds(last)
        else { return nil }
        var unit = nanosecondsPerSecond
        for (index, part) in parts.dropLast().reversed().enumerated() {
            unit *= 60
            // Only the leading part may exceed 59, as in 90:00 for an hour and a half.
            let isLeading = index == parts.count - 2
            guard let count = Int64(part), count >= 0, isLeading || count < 60 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow else { return nil }
            let (sum, sumOverflow) = total.addingReportingOverflow(product)
            guard !sumOverflow else { return nil }
            total = sum
        }
        if parts.count > 1, let seconds = Double(last), seconds >= 60 { return nil }
        return isNegative ? -total : total
    }

    /// A plain decimal number of seconds, exactly.
    private static func secondsAsNanoseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0].isEmpty ? "0" : parts[0]),
            whole >= 0, !text.isEmpty, text != ".", text.allSatisfy({ $0.isASCII && $0 != "+" })
        else { return nil }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: nanosecondsPerSecond)
        guard !overflow else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return scaled }
        guard parts[1].count <= fractionDigitCountMaximum, parts[1].allSatisfy(\.isNumber) else {
            return nil
        }
        let zeros = String(repeating: "0", count: fractionDigitCountMaximum - parts[1].count)
        guard let fraction = Int64(parts[1] + zeros) else { return nil }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(fraction)
        return sumOverflow ? nil : sum
    }

    /// RFC 3339 with up to nine digits of a second's fraction, as nanoseconds since the epoch.
    private static func wallClock(_ text: String) -> Int64? {
        var fraction: Int64 = 0
        var whole = text
        if let point = text.firstIndex(of: ".") {
            let digits = text[text.index(after: point)...].prefix(while: \.isNumber)
            guard let nanos = secondsAsNanoseconds("0." + digits), !digits.isEmpty else {
                return nil
            }
            fraction = nanos
            whole.removeSubrange(point..<digits.endIndex)
        }
        guard let date = try? Date(whole.uppercased(), strategy: .iso8601) else {
            return nil  // Not RFC 3339: the caller says what is expected.
        }
        let seconds = date.timeIntervalSince1970
        // Whole seconds of any date that can be written fit a double and this many nanoseconds an
        // Int64.
        guard abs(seconds) < 9e9 else { return nil }
        return Int64(seconds) * nanosecondsPerSecond + fraction
    }

    private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
