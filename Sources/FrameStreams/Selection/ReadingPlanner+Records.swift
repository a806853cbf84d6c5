internal import ByteStreams
internal import FrameFormat

/// Plans for frames that are taken as they are stored: their numbers and times are in the index.
extension ReadingPlanner {
    /// The parts of the stream that hold what is selected.
    mutating func recordPlan(_ selection: FrameSelection) async throws -> ReadingPlan {
        var selection = selection
        let wanted = selection.sequences ?? 1...UInt64.max
        var ranges = try await timeRanges(&selection).compactMap { $0.clamped(within: wanted) }
        if use.follows, selection.isTimed || ranges.isEmpty {
            // What is still to come may be wanted.
            let last = try await locator.lastSequence()
            ranges = [(ranges.first?.lowerBound ?? last)...UInt64.max]
        }
        let head = try await locator.frame(atOrAfter: 1)?.sequence ?? 1
        var spans: [ReadingPlan.Span] = []
        for range in ranges {
            guard let first = try await locator.frame(atOrAfter: range.lowerBound) else {
                guard use.follows, let last = try await locator.locateLast(1) else { continue }
                spans.append(.init(from: .record(last.offset, after: last.sequence - 1)))
                continue
            }
            let start = FrameStreamReader.Start.record(
                first.offset,
                after: max(range.lowerBound, head) - 1
            )
            spans.append(.init(from: start, until: try await end(behind: range.upperBound)))
        }
        return ReadingPlan(spans: spans, selection: selection)
    }

    /// The record of the frame behind this number; `nil` behind the last.
    mutating func end(behind sequence: UInt64) async throws -> StreamOffset? {
        guard sequence < .max else { return nil }
        return try await locator.frame(atOrAfter: sequence + 1)?.offset
    }

    /// The numbers among which the frames of the selected times are. A frame that is known exactly
    /// is then selected by its number.
    private mutating func timeRanges(
        _ selection: inout FrameSelection
    ) async throws -> [ClosedRange<UInt64>] {
        if let time = selection.shownAt?.mediaTime {
            let (frame, isFollowed) = try await frameShown(at: time)
            guard let frame else { return [] }
            // The last frame of all is shown for as long as it says.
            if isFollowed {
                selection.shownAt = nil
                selection.sequences = frame...frame
            }
            return [frame...frame]
        }
        let (start, end) = (selection.start?.mediaTime, selection.end?.mediaTime)
        guard start != nil || end != nil else { return [1...UInt64.max] }
        guard try await locator.gapCount() == 0 else {
            // Times may jump.
            let extent = try await locator.extent { frame in
                frame.presentationTime.map { time in
                    !(start.map { time.isBefore($0) } ?? false)
                        && (end.map { time.isBefore($0) } ?? true)
                } ?? false
            }
            return extent.map { [$0] } ?? []
        }
        var ranges: [ClosedRange<UInt64>] = []
        for source in try await locator.sourceRanges() {
            if let range = try await times(from: start, to: end, in: source) {
                ranges.append(range)
            }
        }
        return ranges
    }

    /// The numbers of the frames of a source that are shown from `start` on and before `end`, and
    /// some more where they are stored in another order.
    mutating func times(
        from start: MediaTime?,
        to end: MediaTime?,
        in source: ClosedRange<UInt64>
    ) async throws -> ClosedRange<UInt64>? {
        var lower = source.lowerBound
        if let start {
            guard let first = try await locator.firstFrame(in: source, atOrAfter: start) else {
                return nil
            }
            lower = first.sequence
        }
        guard let end, let behind = try await locator.firstFrame(in: source, atOrAfter: end) else {
            return lower...source.upperBound
        }
        var upper = behind.sequence - 1
        if try await header(behind).codec != .raw { upper += Self.reorderCount }
        guard lower <= upper else { return nil }
        return lower...min(upper, source.upperBound)
    }

    /// The last frame, in the order of the stream, in front of the first one that is shown after
    /// `time`, and whether there is one that is.
    private mutating func frameShown(
        at time: MediaTime
    ) async throws -> (number: UInt64?, isFollowed: Bool) {
        let later = try await firstFrame(after: time)
        let last = try await locator.lastSequence()
        let end = later.map { $0.sequence - 1 } ?? last
        guard end > 0 else { return (nil, true) }
        let start = end - min(end - 1, Self.reorderCount)
        let timed = try await locator.frames(start...end).filter { $0.presentationTime != nil }
        return (timed.last?.sequence, later != nil)
    }

    /// The first frame, in the order of the stream, that is shown after `time`.
    mutating func firstFrame(after time: MediaTime) async throws -> IndexedFrame? {
        guard try await locator.gapCount() == 0 else {
            let extent = try await locator.extent { frame in
                frame.presentationTime.map { time.isBefore($0) } ?? false
            }
            guard let extent else { return nil }
            return try await locator.frame(atOrAfter: extent.lowerBound)
        }
        for source in try await locator.sourceRanges() {
            let found = try await locator.firstFrame(in: source, atOrAfter: time, isLater: true)
            if let found { return found }
        }
        return nil
    }
}

extension ClosedRange<UInt64> {
    /// What both have; `nil` if that is nothing.
    fileprivate func clamped(within other: Self) -> Self? {
        overlaps(other) ? clamped(to: other) : nil
    }
}
