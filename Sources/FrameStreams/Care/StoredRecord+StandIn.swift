internal import FrameFormat

extension StoredRecord {
    /// The numbers of the frames that the record stands for, if it is such a gap (specification,
    /// section 6.3).
    var standsFor: ClosedRange<UInt64>? {
        guard case .gap(let gap) = record, gap.unit == .sequences, gap.first > 0,
            gap.first <= gap.last, gap.last == place.sequence
        else { return nil }
        return gap.first...gap.last
    }
}

extension Gap {
    /// Whether the gap can stand for the frames behind the `last` one.
    func canStand(behind last: UInt64) -> Bool {
        unit == .sequences && first == last + 1 && self.last >= first
    }
}
