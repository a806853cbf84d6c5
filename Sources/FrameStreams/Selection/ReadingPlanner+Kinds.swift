internal import FrameFormat

/// Whether there is anything to decode.
extension ReadingPlanner {
    /// Sources that are looked at; to look at more would cost more than is saved.
    private static let sourceCountMaximum = 16

    /// Whether packets are among the frames that are read, as the first and the last of them in
    /// each source show; `nil` where one of those cannot be read, where there are many sources,
    /// where frames are still to come, and where nothing is decoded.
    ///
    /// The last one is looked at too, for the announcement of a source may be damaged.
    mutating func holdsPackets(_ plan: ReadingPlan) async throws -> Bool? {
        guard use.decodes, !use.follows, !plan.spans.isEmpty else { return nil }
        if plan.decodeStart != nil { return true }
        for span in plan.spans {
            guard let found = try await holdsPackets(plan.numbers(of: span)) else { return nil }
            if found { return true }
        }
        return false
    }

    private mutating func holdsPackets(_ numbers: ClosedRange<UInt64>) async throws -> Bool? {
        let newest = try await locator.lastSequence()
        let sources = try await locator.sourceRanges().filter { $0.overlaps(numbers) }
        guard sources.count <= Self.sourceCountMaximum else { return nil }
        for source in sources {
            let range = source.clamped(to: numbers)
            for number in Set([range.lowerBound, min(range.upperBound, newest)]) {
                // Those in front may have been given up with the head.
                guard let frame = try await locator.frame(atOrAfter: number),
                    range.contains(frame.sequence)
                else { continue }
                guard let codec = try await codec(of: frame) else { return nil }
                if codec != .raw { return true }
            }
        }
        return false
    }

    /// The codec of a frame; `nil` if its record cannot be read.
    private func codec(of frame: IndexedFrame) async throws -> Codec? {
        do {
            let header = try await header(frame)
            return header.sequence == frame.sequence ? header.codec : nil
        } catch is SelectionError {
            return nil
        }
    }
}

extension ReadingPlan {
    /// The numbers among which the frames of a part are.
    fileprivate func numbers(of span: Span) -> ClosedRange<UInt64> {
        var first: UInt64 = 1
        if case .record(_, let before) = span.start { first += before }
        let last = span.end == nil ? UInt64.max : selection.sequences?.upperBound ?? UInt64.max
        return first...max(first, last)
    }
}
