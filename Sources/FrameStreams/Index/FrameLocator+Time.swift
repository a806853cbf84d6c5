internal import ByteStreams
public import FrameFormat

extension FrameLocator {
    /// A place from which reading meets the frame shown at `time` and all frames that are shown
    /// later.
    ///
    /// Sources have clocks of their own: it is the first source, in the order of the stream, that
    /// has a frame at this time or later; the last source if none has, then its last frame. Within
    /// a source, times are taken to grow but for the reordering of a codec; where they jump back,
    /// one of several places is found. Frames without a time are not found. `nil` if there is no
    /// frame with a time.
    public mutating func locate(presentationTime time: MediaTime) async throws -> Place? {
        var best: Place?
        for range in try await sourceRanges() {
            let (place, isReached) = try await search { pages in
                try await Self.search(for: time, in: range, &pages)
            }
            if isReached { return place }
            best = place ?? best
        }
        return best
    }

    /// The first frame of `range`, in the order of the stream, that is shown at `time` or later, or
    /// only later; `nil` if none is. The range lies within one source, whose times are taken to
    /// grow but for the reordering of a codec.
    public mutating func firstFrame(
        in range: ClosedRange<UInt64>,
        atOrAfter time: MediaTime,
        isLater: Bool = false
    ) async throws -> IndexedFrame? {
        try await search { pages in
            let matches = { (frame: IndexedFrame) in
                range.contains(frame.sequence)
                    && (isLater ? frame.isShown(after: time) : frame.isShown(atOrAfter: time))
            }
            let page = try await pages.oldest { page in
                page.lastSequence >= range.lowerBound
                    && page.entries.contains { $0.sequence > range.upperBound || matches($0) }
            }
            return page?.entries.first(where: matches)
        }
    }

    private static func search(
        for time: MediaTime,
        in range: ClosedRange<UInt64>,
        _ pages: inout IndexPages
    ) async throws -> (place: Place?, isReached: Bool) {
        let found = try await pages.oldest { page in
            page.lastSequence >= range.lowerBound
                && page.entries.contains {
                    $0.sequence > range.upperBound
                        || range.contains($0.sequence) && $0.isShown(atOrAfter: time)
                }
        }
        let start = if let found { found } else { try await pages.newest() }
        var entries: [IndexedFrame] = []
        try await pages.walkBack(from: start) { page in
            entries = page.entries + entries
            return needsMore(entries, for: time, in: range)
        }
        return search(for: time, in: entries, range)
    }

    /// Whether there may be a frame further back that is shown at `time`.
    private static func needsMore(
        _ entries: [IndexedFrame],
        for time: MediaTime,
        in range: ClosedRange<UInt64>
    ) -> Bool {
        guard let first = entries.first else { return true }
        guard first.sequence > range.lowerBound else { return false }
        let before = entries.prefix {
            $0.sequence <= range.upperBound && !$0.isShown(atOrAfter: time)
        }
        return before.count < reorderFrameCount
    }

    /// The frame with the greatest time up to `time` before the first with that time or a later
    /// one.
    private static func search(
        for time: MediaTime,
        in entries: [IndexedFrame],
        _ range: ClosedRange<UInt64>
    ) -> (place: Place?, isReached: Bool) {
        let timed = entries.filter { range.contains($0.sequence) && $0.presentationTime != nil }
        let first = timed.firstIndex { $0.isShown(atOrAfter: time) }
        if let first, timed[first].presentationTime.map({ !time.isBefore($0) }) ?? false {
            return (Place(timed[first]), true)
        }
        let before = timed[..<(first ?? timed.endIndex)]
        let shown = before.max { left, right in
            guard let left = left.presentationTime, let right = right.presentationTime
            else { return false }
            return left.isBefore(right)
        }
        return ((shown ?? first.map { timed[$0] }).map(Place.init), first != nil)
    }
}
