internal import DequeModule
internal import FrameFormat

/// Whether an H.264 stream may leave out numbers of frames, as one does from which layers of time
/// were taken away (H.264, 7.4.2.1.1: `gaps_in_frame_num_value_allowed_flag`). Pure.
enum FrameNumberGaps {
    /// What the newest sequence parameter set in or in front of these packets says; not allowed
    /// where there is none.
    static func areAllowed(by packets: Deque<CodedPacket>) -> Bool {
        for packet in packets.reversed() where packet.start != nil {
            if let set = GroupStart.units(of: packet.frame).last(where: isSet) {
                return areAllowed(by: set)
            }
            let extraData = packet.frame.header.codecParameters?.parameters?.extraData ?? []
            if let sets = ParameterSets(codecName: "h264", extraData: extraData) {
                return sets.units.last(where: isSet).map(areAllowed) ?? false
            }
        }
        return false
    }

    private static func isSet(_ unit: ArraySlice<UInt8>) -> Bool {
        unit.first.map { $0 & 0x1F == 7 } ?? false
    }

    /// Profiles whose sets say more of colour (7.3.2.1.1).
    private static let highProfiles: Set<UInt32> = [
        100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
    ]

    /// Reads a set up to the flag (7.3.2.1.1).
    static func areAllowed(by unit: ArraySlice<UInt8>) -> Bool {
        var bits = BitReader(unit.dropFirst())
        guard let profile = bits.read(8), bits.read(16) != nil, bits.readGolomb() != nil else {
            return false
        }
        if highProfiles.contains(profile) {
            guard let chroma = bits.readGolomb() else { return false }
            if chroma == 3 { _ = bits.read(1) }
            guard bits.readGolomb() != nil, bits.readGolomb() != nil, bits.read(1) != nil,
                let hasLists = bits.read(1), hasLists == 0 || skipLists(chroma == 3 ? 12 : 8, &bits)
            else { return false }
        }
        guard bits.readGolomb() != nil, let order = bits.readGolomb(), order <= 2 else {
            return false
        }
        if order == 0 { _ = bits.readGolomb() }
        if order == 1 {
            guard bits.read(1) != nil, bits.readGolomb() != nil, bits.readGolomb() != nil,
                let count = bits.readGolomb(), count < 256
            else { return false }
            for _ in 0..<count { _ = bits.readGolomb() }
        }
        return bits.readGolomb() != nil && bits.read(1) == 1
    }

    /// Passes over scaling lists (7.3.2.1.1.1).
    private static func skipLists(_ count: Int, _ bits: inout BitReader) -> Bool {
        for list in 0..<count {
            guard let isThere = bits.read(1) else { return false }
            guard isThere == 1 else { continue }
            var (last, next) = (8, 8)
            for _ in 0..<(list < 6 ? 16 : 64) {
                if next != 0 {
                    guard let code = bits.readGolomb() else { return false }
                    let delta = Int(code + 1) / 2 * (code % 2 == 1 ? 1 : -1)
                    next = (last + delta) & 0xFF
                }
                last = next == 0 ? last : next
            }
        }
        return true
    }
}

/// Reads the bits of a unit of H.264, without the bytes that keep start codes out (7.3.1).
struct BitReader {
    private var bytes: [UInt8] = []
    private var place = 0

    init(_ unit: some Sequence<UInt8>) {
        var zeroCount = 0
        for byte in unit {
            if zeroCount >= 2, byte == 3 {
                zeroCount = 0
                continue
            }
            zeroCount = byte == 0 ? zeroCount + 1 : 0
            bytes.append(byte)
        }
    }

    /// So many bits as a number; `nil` behind the end.
    mutating func read(_ count: Int) -> UInt32? {
        guard place + count <= bytes.count * 8 else { return nil }
        var number: UInt32 = 0
        for _ in 0..<count {
            number = number << 1 | UInt32(bytes[place >> 3] >> (7 - place & 7) & 1)
            place += 1
        }
        return number
    }

    /// An Exp-Golomb code (9.1).
    mutating func readGolomb() -> UInt32? {
        var zeroCount = 0
        while true {
            guard let bit = read(1), zeroCount < 32 else { return nil }
            if bit == 1 { break }
            zeroCount += 1
        }
        guard zeroCount < 32, let rest = read(zeroCount) else { return nil }
        return (1 << UInt32(zeroCount)) - 1 + rest
    }
}
