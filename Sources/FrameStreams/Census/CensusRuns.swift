/// How many pictures each packet of a source gives, one after the other, kept as repetitions of
/// one or two counts: a packet for a picture, two fields for one, and what is neither. Pure.
package struct CensusRuns: Hashable, Sendable {
    /// Packets that give so many pictures each, over and over.
    struct Run: Hashable, Sendable {
        /// Pictures of one packet, or of two in turn.
        var pattern: [UInt8]
        /// How often the pattern comes.
        var repeatCount: UInt64
        /// Packets before the run.
        var packetsBefore: UInt64
        /// Pictures of the packets before the run.
        var picturesBefore: UInt64

        var packetCount: UInt64 { UInt64(pattern.count) * repeatCount }
        var patternPictureCount: UInt64 { pattern.reduce(0) { $0 + UInt64($1) } }
        var pictureCount: UInt64 { patternPictureCount * repeatCount }
    }

    /// The most pictures that a packet gives.
    package static let pictureCountMaximum: UInt8 = 9
    /// Runs that a census has at most; some 100 bytes each in memory.
    static let runCountMaximum = 1 << 18
    /// Packets that a census counts at most.
    static let packetCountMaximum: UInt64 = 1 << 48

    /// The runs, in the order of the packets.
    private(set) var runs: [Run] = []
    /// The first half of a pair whose second half has not come.
    private var half: UInt8?

    /// Whether a packet gives more than one picture.
    private(set) var hasMultiples = false

    /// Of no packets.
    init() {}

    /// Packets that are counted.
    var packetCount: UInt64 {
        (runs.last.map { $0.packetsBefore + $0.packetCount } ?? 0) + (half == nil ? 0 : 1)
    }

    /// Pictures of all packets.
    package var pictureCount: UInt64 {
        (runs.last.map { $0.picturesBefore + $0.pictureCount } ?? 0) + UInt64(half ?? 0)
    }

    /// Counts the next packet; `false` if that is more than a census holds.
    package mutating func append(_ count: UInt8) -> Bool {
        guard count <= Self.pictureCountMaximum, packetCount < Self.packetCountMaximum,
            runs.count < Self.runCountMaximum
        else { return false }
        if count > 1 { hasMultiples = true }
        guard let last = runs.last else {
            begin([count])
            return true
        }
        if last.pattern.count == 1 {
            if last.pattern[0] == count {
                runs[runs.count - 1].repeatCount += 1
            } else if last.repeatCount == 1 {
                runs[runs.count - 1].pattern.append(count)
            } else {
                begin([count])
            }
        } else if half != nil {
            if last.pattern[1] == count {
                self.half = nil
                runs[runs.count - 1].repeatCount += 1
            } else {
                closeHalf()
                return append(count)
            }
        } else if last.pattern[0] == count {
            half = count
        } else {
            begin([count])
        }
        return true
    }

    /// Makes a run of its own of a pair that stays without its second half.
    package mutating func closeHalf() {
        guard let count = half else { return }
        half = nil
        begin([count])
    }

    /// Adds a run as it was written down; `false` if that is more than a census holds.
    mutating func append(pattern: [UInt8], repeatCount: UInt64) -> Bool {
        guard (1...2).contains(pattern.count), repeatCount > 0, half == nil,
            repeatCount <= Self.packetCountMaximum, runs.count < Self.runCountMaximum,
            pattern.allSatisfy({ $0 <= Self.pictureCountMaximum }),
            packetCount <= Self.packetCountMaximum
        else { return false }
        begin(pattern)
        runs[runs.count - 1].repeatCount = repeatCount
        hasMultiples = hasMultiples || pattern.contains { $0 > 1 }
        return true
    }

    private mutating func begin(_ pattern: [UInt8]) {
        let (packets, pictures) = (packetCount, pictureCount)
        runs.append(
            Run(
                pattern: pattern,
                repeatCount: 1,
                packetsBefore: packets,
                picturesBefore: pictures
            )
        )
    }

    /// Pictures of the packets before this one, which is counted from 1; of all for one behind the
    /// last.
    func pictures(beforePacket packet: UInt64) -> UInt64 {
        let before = packet - min(packet, 1)
        guard let run = lastRun(where: { $0.packetsBefore < before }) else { return 0 }
        let inside = min(before - run.packetsBefore, run.packetCount)
        let (whole, rest) = inside.quotientAndRemainder(dividingBy: UInt64(run.pattern.count))
        return run.picturesBefore + whole * run.patternPictureCount
            + (rest > 0 ? UInt64(run.pattern[0]) : 0)
    }

    /// Pictures of one packet, which is counted from 1.
    func pictures(ofPacket packet: UInt64) -> UInt64 {
        pictures(beforePacket: packet + 1) - pictures(beforePacket: packet)
    }

    /// The first packet with which there are as many pictures as this number; the last packet if
    /// there never are.
    func packet(ofPicture picture: UInt64) -> UInt64 {
        guard picture > 0, picture <= pictureCount,
            let run = lastRun(where: { $0.picturesBefore < picture })
        else { return picture == 0 ? 1 : max(1, packetCount) }
        let inside = picture - run.picturesBefore
        let (whole, rest) = (inside - 1).quotientAndRemainder(dividingBy: run.patternPictureCount)
        let isSecond = rest + 1 > UInt64(run.pattern[0])
        return run.packetsBefore + whole * UInt64(run.pattern.count) + (isSecond ? 2 : 1)
    }

    /// The last run of which `matches` holds, where it holds of the first ones only.
    private func lastRun(where matches: (Run) -> Bool) -> Run? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if matches(runs[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? runs[low - 1] : nil
    }
}
