/// A byte of a file's name that is no UTF-8, as it stands in text inside this program.
///
/// A name is bytes, and a `String` holds none but UTF-8. So each byte that is not part of a valid
/// scalar becomes a scalar of a private range, and the bytes of such a scalar, should a name really
/// have one, become scalars of that range each: the way back is exact.
enum HiddenByte {
    /// What stands for a byte is as far from this as the byte from zero.
    private static let base: UInt32 = 0x10_FE00
    /// What stands for bytes: those of ASCII are never hidden.
    private static let values: ClosedRange<UInt32> = base + 0x80...base + 0xFF
    /// The first byte of all of them in UTF-8.
    static let leadingByte: UInt8 = 0xF4

    /// What stands for a byte from 0x80.
    static func scalar(for byte: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(base + UInt32(byte)) ?? "\u{FFFD}"
    }

    /// The byte that a scalar stands for; `nil` for a scalar that is itself.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        values.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }
}
