internal import FrameFormat

/// Decides what damage means: which frames are missing, and whether anything is lost at all.
///
/// It has no effects: records and faults go in, in order, and what a reader gives out comes out.
struct StreamContinuity: Sendable {
    /// Bytes that the store does not vouch for.
    struct Suspicion: Sendable {
        var range: Range<UInt64>
        var detail: String
    }

    /// The number of the last frame; `nil` while it is not known.
    private var lastSequence: UInt64?
    private var lastEpoch: UInt32 = 0
    private var lastPosition = SourcePosition()
    private var faults: [RecordFault] = []
    private var suspicions: [Suspicion] = []

    /// Starts behind the frame `lastSequence`.
    init(after lastSequence: UInt64?) {
        self.lastSequence = lastSequence
    }

    /// Notes damage; what it means shows at the next record.
    mutating func note(_ fault: RecordFault) {
        faults.append(fault)
        suspicions.removeAll { $0.range.overlaps(fault.range) }
    }

    /// Notes bytes that the store does not vouch for; whether anything is lost shows at the next
    /// records.
    mutating func note(_ suspicion: Suspicion) {
        suspicions.append(suspicion)
    }

    /// Takes the next sound record, and returns what was found out, the record last.
    mutating func take(_ stored: StoredRecord) -> [StreamItem] {
        var items = unfounded(before: stored.offset)
        let (sequence, epoch) = (stored.place.sequence, stored.place.writerEpoch)
        var first = sequence + 1
        if case .frame = stored.record { first = sequence }
        if let numbers = stored.standsFor { first = numbers.lowerBound }
        let missing = missing(before: first)
        items += faults.map { fault in
            isUnfinished(fault, before: first, epoch: epoch)
                ? .fault(.unfinished(fault)) : .fault(.record(named(fault, missing)))
        }
        faults = []
        if let missing { items.append(.missing(gap(missing))) }
        if case .frame(let frame) = stored.record { lastPosition = frame.header.position }
        lastSequence = max(lastSequence ?? 0, sequence)
        lastEpoch = epoch
        items.append(.record(stored))
        return items
    }

    /// Notes that there are no more records up to `end`, and returns what was found out. At the
    /// tail of the stream, the last one may be unfinished.
    mutating func finish(at end: UInt64, isTail: Bool = true) -> [StreamItem] {
        var items = unfounded(before: end)
        var last = lastSequence ?? 0
        for fault in faults {
            let follows = lastSequence.map { fault.sequence == $0 + 1 } ?? true
            if isTail, fault.error == .truncatedRecord, fault.range.upperBound == end, follows {
                items.append(.fault(.unfinished(fault)))
            } else {
                items.append(.fault(.record(fault)))
                last = max(last, fault.sequence ?? 0)
            }
        }
        faults = []
        if let missing = missing(before: last + 1) { items.append(.missing(gap(missing))) }
        return items
    }

    /// Suspicions that no fault confirmed.
    private mutating func unfounded(before offset: UInt64) -> [StreamItem] {
        let passed = suspicions.filter { $0.range.upperBound <= offset }
        suspicions.removeAll { $0.range.upperBound <= offset }
        return passed.map { .fault(.store(range: $0.range, detail: $0.detail)) }
    }

    private func missing(before next: UInt64) -> ClosedRange<UInt64>? {
        guard let lastSequence, lastSequence + 1 < next else { return nil }
        return lastSequence + 1...next - 1
    }

    /// A writer that takes over gives the number of an unfinished frame to the next one.
    private func isUnfinished(_ fault: RecordFault, before next: UInt64, epoch: UInt32) -> Bool {
        guard let lastSequence, let sequence = fault.sequence else { return false }
        return sequence == lastSequence + 1 && next <= sequence && epoch > lastEpoch
    }

    /// The only fault between two frames is that of the only one missing.
    private func named(_ fault: RecordFault, _ missing: ClosedRange<UInt64>?) -> RecordFault {
        guard faults.count == 1, fault.sequence == nil, let missing, missing.count == 1
        else { return fault }
        return RecordFault(range: fault.range, sequence: missing.lowerBound, error: fault.error)
    }

    private func gap(_ missing: ClosedRange<UInt64>) -> Gap {
        Gap(
            reason: .damagedRecord,
            position: lastPosition,
            unit: .sequences,
            first: missing.lowerBound,
            last: missing.upperBound
        )
    }
}
