import Foundation

/// Writes byte counts for people, in powers of ten.
enum ByteText {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    static func text(_ byteCount: Double) -> String {
        var value = byteCount
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let digits = unit > 0 && value < 10 ? 1 : 0
        return String(format: "%.\(digits)f ", value) + units[unit]
    }

    static func text(_ byteCount: UInt64) -> String {
        text(Double(byteCount))
    }
}
