internal import Stages

/// Writes byte counts for people, in powers of ten, and reads theirs.
public enum ByteText {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    /// `35 MB`, `1.4 MB`, `7 B`.
    public static func text(_ byteCount: Double) -> String {
        var value = byteCount
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let digits = unit > 0 && value < 10 ? 1 : 0
        return "\(NumberText.decimal(value, fractionDigitCount: digits)) \(units[unit])"
    }

    /// `35 MB`, `1.4 MB`, `7 B`.
    public static func text(_ byteCount: UInt64) -> String {
        text(Double(byteCount))
    }

    private static let factors: [String: Int] = [
        "": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]

    /// Reads a size with or without a unit: 4096, 500MB, 20GiB.
    public static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number > 0,
            let factor = factors[text.dropFirst(digits.count).lowercased()],
            case let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor),
            !isTooLarge
        else { return nil }
        return product
    }
}
