/// Takes bits and Exp-Golomb codes out of the head of a unit of H.264 or H.265. Pure.
struct BitReader {
    /// Bytes that are looked at; what is looked for stands at the start.
    private static let byteCountMaximum = 1024

    private let bytes: [UInt8]
    private var place = 0

    /// Reads bytes as they are.
    init(raw bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.byteCountMaximum))
    }

    /// Reads behind the header of a unit, and passes over the bytes that keep start codes out of it
    /// (H.264, 7.4.1).
    init(_ unit: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        var zeroCount = 0
        for byte in unit.prefix(Self.byteCountMaximum) {
            if zeroCount >= 2, byte == 3 {
                zeroCount = 0
                continue
            }
            zeroCount = byte == 0 ? zeroCount + 1 : 0
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// The next `count` bits, at most 32, as a number; `nil` where there are not as many.
    mutating func take(_ count: Int) -> UInt64? {
        guard place + count <= bytes.count * 8 else { return nil }
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 1 | UInt64(bytes[place / 8] >> (7 - place % 8) & 1)
            place += 1
        }
        return value
    }

    /// Passes over bits.
    mutating func skip(_ count: Int) { place += count }

    /// An unsigned Exp-Golomb code (H.264, 9.1).
    mutating func takeNumber() -> UInt64? {
        var zeroCount = 0
        while let bit = take(1) {
            if bit == 1 {
                guard let rest = take(zeroCount) else { return nil }
                return (1 << UInt64(zeroCount)) - 1 + rest
            }
            zeroCount += 1
            guard zeroCount <= 32 else { return nil }
        }
        return nil
    }

    /// A signed Exp-Golomb code (H.264, 9.1.1).
    mutating func takeSignedNumber() -> Int? {
        guard let number = takeNumber() else { return nil }
        let half = Int(number / 2)
        return number.isMultiple(of: 2) ? -half : half + 1
    }

    /// Passes over Exp-Golomb codes.
    ///
    /// - Returns: Whether there are as many.
    mutating func skipNumbers(_ count: UInt64) -> Bool {
        for _ in 0..<count where takeNumber() == nil { return false }
        return true
    }
}
