internal import FrameFormat

/// Packets in a row that share what is wrong with them, for one gap. Pure.
struct PacketRun {
    private var first: UInt64?
    private var last: UInt64 = 0

    /// Takes the next packet, or ends the run before it.
    ///
    /// - Returns: The numbers of the run that ends.
    mutating func take(_ ordinal: UInt64, belongs: Bool) -> ClosedRange<UInt64>? {
        guard belongs else { return end() }
        if first == nil { first = ordinal }
        last = ordinal
        return nil
    }

    /// Ends the run.
    mutating func end() -> ClosedRange<UInt64>? {
        defer { first = nil }
        return first.map { $0...max($0, last) }
    }
}
