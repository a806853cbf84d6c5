/// Numbers of packets or pictures, kept as ranges in growing order. Pure.
public struct CensusRanges: Hashable, Sendable {
    /// Ranges that are kept at most.
    static let rangeCountMaximum = 1 << 16

    /// The ranges; between two of them is at least one number.
    public private(set) var ranges: [ClosedRange<UInt64>] = []
    /// Whether more was to be kept than is.
    package private(set) var isOverfull = false

    /// No numbers.
    public init() {}

    /// How many numbers there are.
    public var count: UInt64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) + 1 } }

    /// How many of them are in a range.
    func count(in range: ClosedRange<UInt64>) -> UInt64 {
        ranges.reduce(0) { sum, part in
            guard part.overlaps(range) else { return sum }
            let common = part.clamped(to: range)
            return sum + (common.upperBound - common.lowerBound) + 1
        }
    }

    /// Adds a number, mostly the largest so far.
    public mutating func insert(_ number: UInt64) {
        var place = ranges.count
        while place > 0, ranges[place - 1].lowerBound > number { place -= 1 }
        if place > 0, ranges[place - 1].upperBound >= number { return }
        ranges.insert(number...number, at: place)
        merge(at: place)
        if ranges.count > Self.rangeCountMaximum {
            ranges.removeLast()
            isOverfull = true
        }
    }

    /// Adds a range behind all others; `false` if it is not.
    mutating func append(_ range: ClosedRange<UInt64>) -> Bool {
        guard ranges.count < Self.rangeCountMaximum, range.lowerBound > 0,
            range.lowerBound > ranges.last?.upperBound ?? 0
        else { return false }
        ranges.append(range)
        merge(at: ranges.count - 1)
        return true
    }

    /// The smallest of them from this number on.
    func first(from number: UInt64) -> UInt64? {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count ? max(number, ranges[low].lowerBound) : nil
    }

    /// Whether the number is among them.
    public func contains(_ number: UInt64) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= number { low = middle + 1 } else { high = middle }
        }
        return low > 0 && ranges[low - 1].contains(number)
    }

    /// Joins the range at a place with those beside it.
    private mutating func merge(at place: Int) {
        var place = place
        if place > 0, ranges[place - 1].upperBound + 1 == ranges[place].lowerBound {
            ranges[place - 1] = ranges[place - 1].lowerBound...ranges[place].upperBound
            ranges.remove(at: place)
            place -= 1
        }
        if place + 1 < ranges.count, ranges[place].upperBound + 1 == ranges[place + 1].lowerBound {
            ranges[place] = ranges[place].lowerBound...ranges[place + 1].upperBound
            ranges.remove(at: place + 1)
        }
    }
}
