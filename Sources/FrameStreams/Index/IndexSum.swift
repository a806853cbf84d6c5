internal import FrameFormat

/// The sum of what index records say, or should say, about frames and gaps, whatever their order.
struct IndexSum: Hashable, Sendable {
    /// Frames and gaps.
    private(set) var count: UInt64 = 0
    private var sum: UInt64 = 0

    /// Adds a frame or gap at `offset`.
    mutating func add(
        offset: UInt64,
        sequence: UInt64,
        flags: FrameFlags,
        isGap: Bool,
        time: MediaTime?
    ) {
        // FNV-1a with 64 bits, a word at a time.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let words = [
            offset, sequence, UInt64(flags.rawValue), isGap ? 1 : 0, time == nil ? 0 : 1,
            UInt64(bitPattern: time?.value ?? 0), UInt64(time?.timeBase.numerator ?? 0),
            UInt64(time?.timeBase.denominator ?? 0),
        ]
        for word in words { hash = (hash ^ word) &* 0x100_0000_01B3 ^ hash >> 29 }
        sum &+= hash
        count += 1
    }

    /// Adds a record, if it is a frame or a gap.
    mutating func add(_ record: Record, sequence: UInt64, at offset: UInt64) {
        switch record {
        case .frame(let frame):
            let time = frame.header.presentationTime?.time
            add(
                offset: offset,
                sequence: sequence,
                flags: frame.header.flags,
                isGap: false,
                time: time
            )
        case .gap(let gap):
            let time = gap.presentationTime
            add(offset: offset, sequence: sequence, flags: [], isGap: true, time: time)
        case .index, .sourceBegin, .sourceEnd, .mark: break
        }
    }

    /// Adds what an index record at `offset` lists, but for what is in front of `head`.
    mutating func add(_ block: IndexBlock, at offset: UInt64, from head: UInt64) {
        for entry in block.entries where entry.distance <= offset - min(head, offset) {
            add(
                offset: offset - entry.distance,
                sequence: entry.sequence,
                flags: entry.flags,
                isGap: entry.isGap,
                time: entry.presentationTime
            )
        }
    }
}
