internal import Glibc

/// Numbers as text, the same in every locale.
public enum NumberText {
    /// Bytes that the longest number takes: 309 digits, those of a fraction, sign, point and end.
    private static let byteCountMaximum = 512
    /// The most digits of a fraction.
    private static let fractionDigitCountMaximum = 100

    /// Rounds to `fractionDigitCount` digits behind the point, as printf(3) does with `%.*f`.
    public static func decimal(_ value: Double, fractionDigitCount: Int) -> String {
        precondition(
            (0...fractionDigitCountMaximum).contains(fractionDigitCount),
            "a fraction has up to \(fractionDigitCountMaximum) digits"
        )
        return unsafe withUnsafeTemporaryAllocation(
            of: CChar.self,
            capacity: byteCountMaximum
        ) { text in
            guard let start = text.baseAddress else { preconditionFailure("there is room") }
            _ = unsafe withVaList([Int32(fractionDigitCount), value]) {
                unsafe vsnprintf(start, text.count, "%.*f", $0)
            }
            return unsafe String(cString: start)
        }
    }

    /// Fills with zeros in front, up to `digitCount` digits.
    public static func zeroFilled(_ value: some BinaryInteger, digitCount: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
    }
}
