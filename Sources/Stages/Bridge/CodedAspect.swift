internal import Buffers
internal import FrameFormat

/// What the headers in a packet say of the aspect of pixels: the code of MPEG-2's sequence header,
/// or the parameters of usability in H.264's sequence parameter set. Pure.
///
/// Two values that differ are two aspects; a packet without such headers has none.
struct CodedAspect: Hashable {
    private let code: UInt64

    /// Bytes at the start of a packet among which its headers stand.
    private static let headByteCount = 4096

    /// Reads the headers of `packet`; `nil` where it has none.
    init?(_ packet: Frame) {
        var packet = packet
        let byteCount = min(packet.payload.byteCount, Self.headByteCount)
        packet.payload = packet.payload.slice(0..<byteCount)
        switch packet.header.codec.name {
        case "mpeg1video", "mpeg2video":
            guard let code = Self.ofSequenceHeader(packet.payload.array) else { return nil }
            self.code = code
        case "h264":
            let sets = GroupStart.units(of: packet).filter { ($0.first ?? 0) & 0x1F == 7 }
            guard let set = sets.first, let code = Self.ofParameterSet(set) else { return nil }
            self.code = code
        default: return nil
        }
    }

    /// ISO/IEC 13818-2, 6.2.2.1: four bits behind columns and rows.
    private static func ofSequenceHeader(_ bytes: [UInt8]) -> UInt64? {
        let head = bytes.prefix(256)
        guard head.count > 7 else { return nil }
        for place in 0..<(head.count - 7)
        where head[place..<(place + 4)].elementsEqual([0, 0, 1, 0xB3]) {
            return UInt64(head[place + 7] >> 4)
        }
        return nil
    }

    /// H.264, 7.3.2.1.1 and E.1.1. An aspect that is not stated is 0.
    private static func ofParameterSet(_ unit: ArraySlice<UInt8>) -> UInt64? {
        var bits = AspectBits(unit.dropFirst())
        guard let profile = bits.take(8), bits.take(16) != nil, bits.takeNumber() != nil else {
            return nil
        }
        if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(profile) {
            guard skipFormats(&bits) else { return nil }
        }
        guard bits.takeNumber() != nil, let orderType = bits.takeNumber() else { return nil }
        if orderType == 0 {
            guard bits.takeNumber() != nil else { return nil }
        } else if orderType == 1 {
            guard bits.take(1) != nil, bits.takeNumber() != nil, bits.takeNumber() != nil,
                let count = bits.takeNumber(), count < 256, bits.skipNumbers(count)
            else { return nil }
        }
        // References, a flag, columns and rows, and whether there are frames only.
        guard bits.takeNumber() != nil, bits.take(1) != nil, bits.skipNumbers(2),
            let framesOnly = bits.take(1), framesOnly == 1 || bits.take(1) != nil,
            bits.take(1) != nil, let crops = bits.take(1), crops == 0 || bits.skipNumbers(4),
            let hasUsability = bits.take(1)
        else { return nil }
        guard hasUsability == 1, bits.take(1) == 1, let kind = bits.take(8) else { return 0 }
        return kind == 255 ? (bits.take(32) ?? 0) << 8 | kind : kind
    }

    /// What profiles with further formats have in front.
    private static func skipFormats(_ bits: inout AspectBits) -> Bool {
        guard let chroma = bits.takeNumber(), chroma != 3 || bits.take(1) != nil,
            bits.skipNumbers(2), bits.take(1) != nil, let hasMatrices = bits.take(1)
        else { return false }
        guard hasMatrices == 1 else { return true }
        for list in 0..<(chroma == 3 ? 12 : 8) {
            guard let isPresent = bits.take(1) else { return false }
            var (last, next) = (8, 8)
            for _ in 0..<(isPresent == 0 ? 0 : list < 6 ? 16 : 64) {
                if next != 0 {
                    guard let delta = bits.takeSignedNumber() else { return false }
                    next = (last + delta + 256) & 0xFF
                }
                if next != 0 { last = next }
            }
        }
        return true
    }
}

/// Takes bits and Exp-Golomb codes out of a unit of H.264 (7.2 and 9.1), and passes over the bytes
/// that keep start codes out of it (7.4.1).
private struct AspectBits {
    private let bytes: [UInt8]
    private var place = 0

    init(_ unit: ArraySlice<UInt8>) {
        var bytes: [UInt8] = []
        var zeroCount = 0
        // What is looked for stands at the start.
        for byte in unit.prefix(1024) {
            if zeroCount >= 2, byte == 3 {
                zeroCount = 0
                continue
            }
            zeroCount = byte == 0 ? zeroCount + 1 : 0
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// The next `count` bits, at most 32, as a number; `nil` at the end.
    mutating func take(_ count: Int) -> UInt64? {
        guard place + count <= bytes.count * 8 else { return nil }
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 1 | UInt64(bytes[place / 8] >> (7 - place % 8) & 1)
            place += 1
        }
        return value
    }

    /// An unsigned Exp-Golomb code.
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

    /// A signed Exp-Golomb code, of a size that scaling lists have.
    mutating func takeSignedNumber() -> Int? {
        guard let number = takeNumber(), number < 1024 else { return nil }
        return number % 2 == 1 ? Int(number + 1) / 2 : -Int(number / 2)
    }

    /// Passes over some codes, signed or not.
    mutating func skipNumbers(_ count: UInt64) -> Bool {
        for _ in 0..<count where takeNumber() == nil { return false }
        return true
    }
}
