internal import FoundationEssentials
internal import FrameFormat
public import FrameStreams

/// A selection as one line of text: the same for the same selection, however it was written, and
/// read back.
///
/// It says which export a folder of images holds. Folders of version 0.1.0 hold the words that were
/// typed instead; those are read by the same rules, and so mean the same.
public enum SelectionLine {
    /// `frames=10..20 every=2`, empty for everything.
    ///
    /// - Parameters:
    ///   - frames: What is wanted of the frames.
    ///   - last: The last so many of the stream.
    public static func text(_ frames: FrameSelection, last: UInt64?) -> String {
        var parts: [String] = []
        if let range = frames.sequences {
            let end = range.upperBound == .max ? "" : "\(range.upperBound)"
            parts.append("frames=\(range.lowerBound)..\(end)")
        }
        if frames.start != nil || frames.end != nil {
            parts.append("time=\(time(frames.start))..\(time(frames.end))")
        }
        if frames.shownAt != nil { parts.append("at=\(time(frames.shownAt))") }
        switch frames.thinning {
        case .every(let step)?: parts.append("every=\(step)")
        case .rate(let rate)?: parts.append("rate=\(rate.numerator)/\(rate.denominator)")
        case nil: break
        }
        if frames.keyframesOnly { parts.append("keyframes=yes") }
        if let count = frames.countMaximum { parts.append("first=\(count)") }
        if let last { parts.append("last=\(last)") }
        return parts.joined(separator: " ")
    }

    /// The same line for each line that means the same; of what is no such line, itself.
    package static func canonical(_ line: String) -> String {
        selection(line).map { text($0.frames, last: $0.last) } ?? line
    }

    /// Reads such a line, and those of version 0.1.0.
    ///
    /// - Returns: `nil` for what is neither.
    public static func selection(_ line: String) -> (frames: FrameSelection, last: UInt64?)? {
        var frames = FrameSelection()
        var last: UInt64?
        for part in line.split(separator: " ") {
            guard let sign = part.firstIndex(of: "=") else { return nil }
            let value = String(part[part.index(after: sign)...])
            let key = String(part[..<sign])
            if key == "last" {
                last = UInt64(value)
                guard last != nil else { return nil }
            } else {
                guard read(key, value, &frames) else { return nil }
            }
        }
        return (frames, last)
    }

    private static func read(
        _ key: String,
        _ value: String,
        _ frames: inout FrameSelection
    ) -> Bool {
        switch key {
        case "frames":
            frames.sequences = SelectionText.sequences(value)
            return frames.sequences != nil
        case "time":
            guard let range = SelectionText.timeRange(value) else { return false }
            (frames.start, frames.end) = range
            return true
        case "at":
            frames.shownAt = SelectionText.timePoint(value)
            return frames.shownAt != nil
        case "every":
            frames.thinning = UInt64(value).map { .every($0) }
            return frames.thinning != nil
        case "rate":
            frames.thinning = SelectionText.rate(value).map { .rate($0) }
            return frames.thinning != nil
        case "keyframes":
            frames.keyframesOnly = value == "yes"
            return value == "yes"
        case "first":
            frames.countMaximum = UInt64(value)
            return frames.countMaximum != nil
        default:
            return false
        }
    }

    private static func time(_ point: TimePoint?) -> String {
        switch point {
        case nil: ""
        case .media(let time)?: seconds(time)
        case .wall(let nanoseconds)?: wallClock(nanoseconds)
        }
    }

    /// Seconds with as many digits as there are, up to nanoseconds.
    private static func seconds(_ time: MediaTime) -> String {
        let base = Int128(time.timeBase.numerator) * Int128(SelectionText.nanosecondsPerSecond)
        let nanoseconds = Int128(time.value) * base / Int128(time.timeBase.denominator)
        let (whole, fraction) = nanoseconds.magnitude.quotientAndRemainder(
            dividingBy: UInt128(SelectionText.nanosecondsPerSecond)
        )
        return "\(nanoseconds < 0 ? "-" : "")\(whole)\(digits(ofFraction: UInt64(fraction)))"
    }

    /// RFC 3339 in UTC.
    private static func wallClock(_ nanoseconds: Int64) -> String {
        let unit = SelectionText.nanosecondsPerSecond
        var (whole, fraction) = nanoseconds.quotientAndRemainder(dividingBy: unit)
        if fraction < 0 { (whole, fraction) = (whole - 1, fraction + unit) }
        let date = Date(timeIntervalSince1970: TimeInterval(whole)).formatted(.iso8601)
        return "\(date.dropLast())\(digits(ofFraction: UInt64(fraction)))Z"
    }

    private static func digits(ofFraction nanoseconds: UInt64) -> String {
        guard nanoseconds > 0 else { return "" }
        var digits = NumberText.zeroFilled(
            nanoseconds,
            digitCount: SelectionText.fractionDigitCountMaximum
        )
        while digits.hasSuffix("0") { digits.removeLast() }
        return ".\(digits)"
    }
}
