/// What a sequence parameter set of H.264 says (7.3.2.1.1). Pure.
struct SequenceSet: Hashable {
    /// Whether numbers of frames may be left out (`gaps_in_frame_num_value_allowed_flag`).
    let allowsNumberGaps: Bool
    /// The aspect of pixels in the parameters of usability (E.1.1): its code, and the numbers of
    /// the code for any other above it. 0 where it is not stated; `nil` where the set ends before.
    let aspect: UInt64?

    /// Profiles whose sets say more of colour.
    private static let highProfiles: Set<UInt64> = [
        100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
    ]
    private static let sidesAreStated: UInt64 = 255
    /// Cycles of picture order (7.4.2.1.1).
    private static let cycleCountMaximum: UInt64 = 255

    /// Reads a unit from its header on; `nil` for one that ends before the flag.
    init?(_ unit: ArraySlice<UInt8>) {
        var bits = BitReader(unit.dropFirst())
        guard let profile = bits.take(8), bits.take(16) != nil, bits.takeNumber() != nil,
            !Self.highProfiles.contains(profile) || Self.skipFormats(&bits),
            Self.skipOrder(&bits), bits.takeNumber() != nil, let allowsGaps = bits.take(1)
        else { return nil }
        allowsNumberGaps = allowsGaps == 1
        aspect = Self.aspect(&bits)
    }

    /// Behind the flag: columns, rows, whether there are frames only, crops, and usability.
    private static func aspect(_ bits: inout BitReader) -> UInt64? {
        guard bits.skipNumbers(2),
            let framesOnly = bits.take(1), framesOnly == 1 || bits.take(1) != nil,
            bits.take(1) != nil, let crops = bits.take(1), crops == 0 || bits.skipNumbers(4),
            let hasUsability = bits.take(1)
        else { return nil }
        guard hasUsability == 1, bits.take(1) == 1, let kind = bits.take(8) else { return 0 }
        return kind == sidesAreStated ? (bits.take(32) ?? 0) << 8 | kind : kind
    }

    /// What profiles with further formats have in front.
    private static func skipFormats(_ bits: inout BitReader) -> Bool {
        guard let chroma = bits.takeNumber(), chroma != 3 || bits.take(1) != nil,
            bits.skipNumbers(2), bits.take(1) != nil, let hasLists = bits.take(1)
        else { return false }
        return hasLists == 0 || skipLists(chroma == 3 ? 12 : 8, &bits)
    }

    /// Scaling lists (7.3.2.1.1.1).
    private static func skipLists(_ count: Int, _ bits: inout BitReader) -> Bool {
        for list in 0..<count {
            guard let isPresent = bits.take(1) else { return false }
            var (last, next) = (8, 8)
            for _ in 0..<(isPresent == 0 ? 0 : list < 6 ? 16 : 64) {
                if next != 0 {
                    guard let delta = bits.takeSignedNumber() else { return false }
                    next = (last &+ delta) & 0xFF
                }
                if next != 0 { last = next }
            }
        }
        return true
    }

    /// How the order of pictures is coded.
    private static func skipOrder(_ bits: inout BitReader) -> Bool {
        guard bits.takeNumber() != nil, let kind = bits.takeNumber() else { return false }
        switch kind {
        case 0: return bits.takeNumber() != nil
        case 1:
            guard bits.take(1) != nil, bits.skipNumbers(2), let count = bits.takeNumber(),
                count <= cycleCountMaximum
            else { return false }
            return bits.skipNumbers(count)
        default: return kind == 2
        }
    }
}
