/// The first bits of a parameter set, without the bytes that keep start codes out of it. Pure.
struct HeaderBits {
    /// Bytes that are looked at; the numbers of parameter sets are within them.
    private static let byteCountMaximum = 192

    private var bytes: [UInt8] = []
    private var place = 0

    /// Reads behind the header of a unit.
    init(_ unit: ArraySlice<UInt8>) {
        var zeroCount = 0
        for byte in unit.prefix(Self.byteCountMaximum) {
            if zeroCount >= 2, byte == 3 {
                zeroCount = 0
                continue
            }
            zeroCount = byte == 0 ? zeroCount + 1 : 0
            bytes.append(byte)
        }
    }

    /// The next bits as a number; bits behind the end are 0.
    mutating func take(_ count: Int) -> Int {
        (0..<count).reduce(0) { number, _ in
            defer { place += 1 }
            guard place / 8 < bytes.count else { return number << 1 }
            return number << 1 | Int(bytes[place / 8] >> (7 - place % 8) & 1)
        }
    }

    /// Passes over bits.
    mutating func skip(_ count: Int) { place += count }

    /// A number of the Exp-Golomb code (H.264, 9.1), of at most 16 bits; a longer one is 0.
    mutating func number() -> Int {
        var zeroCount = 0
        while zeroCount < 16, place / 8 < bytes.count, take(1) == 0 { zeroCount += 1 }
        guard zeroCount < 16 else { return 0 }
        return (1 << zeroCount) - 1 + take(zeroCount)
    }

    /// Passes over what H.265 says of sub-layers (7.3.3).
    mutating func skipLayers(_ count: Int) {
        guard count > 0 else { return }
        var byteCount = 0
        for _ in 0..<count {
            if take(1) == 1 { byteCount += 11 }
            if take(1) == 1 { byteCount += 1 }
        }
        skip(2 * (8 - count) + 8 * byteCount)
    }
}
