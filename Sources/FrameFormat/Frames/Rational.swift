/// A positive fraction: a time base in seconds per tick, or an aspect ratio.
public struct Rational: Hashable, Sendable {
    /// Above the line.
    public var numerator: UInt32
    /// Below the line; never zero in a record.
    public var denominator: UInt32

    /// Makes `numerator / denominator`, as given.
    public init(_ numerator: UInt32, _ denominator: UInt32) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
