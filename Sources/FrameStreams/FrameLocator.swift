public import Buffers
public import ByteStreams
public import FrameFormat

/// Finds frames in a stream by number and by time.
///
/// That takes a number of reads that grows with the logarithm of the stream's length. Where the
/// tail of the stream or an index record on the way is damaged or missing, all records are read,
/// without payloads; that takes time, and memory of some 64 bytes for each frame.
public struct FrameLocator: Sendable {
    /// Where to start reading, and what is found there.
    public struct Place: Hashable, Sendable {
        /// The first byte of the frame's record.
        public var offset: StreamOffset
        /// The number of the frame.
        public var sequence: UInt64

        /// Joins an offset and a number.
        public init(offset: StreamOffset, sequence: UInt64) {
            self.offset = offset
            self.sequence = sequence
        }
    }

    /// Frames before the first one of a time among which the frame shown at that time is looked
    /// for: more than any codec reorders.
    static let reorderFrameCount = 32

    private let reader: any ByteStreamReader
    private let pool: BufferPool

    /// Prepares to search; nothing is read yet.
    public init(_ reader: any ByteStreamReader, pool: BufferPool) {
        self.reader = reader
        self.pool = pool
    }

    /// The frame with this number, or the first one behind it that is there; `nil` behind the last
    /// frame.
    ///
    /// What is at the place may be damaged; a reader that starts there says so.
    public mutating func locate(sequence: UInt64) async throws -> Place? {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return nil }
        var pages = try await IndexPages(reader, pool: pool)
        if let newest = try await pages.newest() {
            if newest.lastSequence < sequence { return nil }
            let page = try await pages.oldest(from: newest) { $0.lastSequence >= sequence }
            if let page, let entry = page.entries.first(where: { $0.sequence >= sequence }) {
                return Place(entry)
            }
        }
        return try await pages.allFrames().entries.first { $0.sequence >= sequence }.map(Place.init)
    }

    /// The first of the last `frameCount` frames, or of all if there are fewer; `nil` without
    /// frames.
    public mutating func locateLast(_ frameCount: UInt64) async throws -> Place? {
        precondition(frameCount > 0, "a number of frames is positive")
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return nil }
        var pages = try await IndexPages(reader, pool: pool)
        var last: UInt64
        if let newest = try await pages.newest() {
            last = newest.lastSequence
        } else {
            last = try await pages.allFrames().lastSequence
        }
        last -= min(last, frameCount - 1)
        return try await locate(sequence: max(1, last))
    }

    /// The last keyframe with a number up to this one, from which packets can be decoded; `nil` if
    /// none is left. Reads the index of the frames between, page by page.
    public mutating func locateKeyframe(atOrBefore sequence: UInt64) async throws -> Place? {
        let isWanted = { (entry: IndexPage.Entry) in
            entry.sequence <= sequence && entry.flags.contains(.keyframe)
        }
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return nil }
        var pages = try await IndexPages(reader, pool: pool)
        guard let newest = try await pages.newest(),
            var page = try await pages.oldest(from: newest, where: { $0.lastSequence >= sequence })
        else { return try await pages.allFrames().entries.last(where: isWanted).map(Place.init) }
        while true {
            if let entry = page.entries.last(where: isWanted) { return Place(entry) }
            guard let link = page.links.first else { return nil }
            guard let previous = try await pages.page(at: link) else {
                return try await pages.allFrames().entries.last(where: isWanted).map(Place.init)
            }
            page = previous
        }
    }

    /// A place from which reading meets the frame shown at `time` and all frames that are shown
    /// later.
    ///
    /// Sources have clocks of their own: it is the first source, in the order of the stream, that
    /// has a frame at this time or later; the last source if none has, then its last frame. Within
    /// a source, times are taken to grow but for the reordering of a codec; where they jump back,
    /// one of several places is found. Frames without a time are not found. `nil` if there is no
    /// frame with a time.
    public mutating func locate(presentationTime time: MediaTime) async throws -> Place? {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return nil }
        var pages = try await IndexPages(reader, pool: pool)
        let starts = try await SourceHistory.read(reader, pool: pool).map {
            $0.begin.totals.frameCount + 1
        }
        var best: Place?
        for range in Self.ranges(starts) {
            let found: (place: Place?, isReached: Bool)
            do {
                found = try await search(for: time, in: range, &pages)
            } catch is UnusableIndex {
                found = Self.search(for: time, in: try await pages.allFrames().entries, range)
            }
            if found.isReached { return found.place }
            best = found.place ?? best
        }
        return best
    }

    /// The index is damaged where it is needed.
    private struct UnusableIndex: Error {}

    private static func ranges(_ starts: [UInt64]) -> [ClosedRange<UInt64>] {
        let starts = starts.first == 1 ? starts : [1] + starts
        return zip(starts, starts.dropFirst() + [UInt64.max]).compactMap { start, next in
            start < next ? start...(next == .max ? .max : next - 1) : nil
        }
    }

    private func search(
        for time: MediaTime,
        in range: ClosedRange<UInt64>,
        _ pages: inout IndexPages
    ) async throws -> (place: Place?, isReached: Bool) {
        guard let newest = try await pages.newest() else { throw UnusableIndex() }
        let page = try await pages.oldest(from: newest) { page in
            page.lastSequence >= range.lowerBound
                && page.entries.contains {
                    $0.sequence > range.upperBound
                        || range.contains($0.sequence) && $0.isShown(atOrAfter: time)
                }
        }
        guard var page else { throw UnusableIndex() }
        var entries = page.entries
        while Self.needsMore(entries, for: time, in: range), let link = page.links.first {
            guard let previous = try await pages.page(at: link) else { throw UnusableIndex() }
            page = previous
            entries = page.entries + entries
        }
        return Self.search(for: time, in: entries, range)
    }

    /// Whether there may be a frame further back that is shown at `time`.
    private static func needsMore(
        _ entries: [IndexPage.Entry],
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
        in entries: [IndexPage.Entry],
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

extension FrameLocator.Place {
    fileprivate init(_ entry: IndexPage.Entry) {
        self.init(offset: StreamOffset(entry.offset), sequence: entry.sequence)
    }
}

extension IndexPage.Entry {
    fileprivate func isShown(atOrAfter time: MediaTime) -> Bool {
        presentationTime.map { !$0.isBefore(time) } ?? false
    }
}
