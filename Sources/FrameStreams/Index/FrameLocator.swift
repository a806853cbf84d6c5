public import Buffers
public import ByteStreams
internal import FrameFormat

/// Finds frames in a stream by number and by time.
///
/// That takes a number of reads that grows with the logarithm of the stream's length. Where the
/// tail of the stream or an index record on the way is damaged or missing, all records are read,
/// without payloads; that takes time, and memory of some 64 bytes for each frame.
///
/// A locator looks at the stream as it is at the first search, and again once it has grown or lost
/// its head.
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

        init(_ frame: IndexedFrame) {
            self.init(offset: frame.offset, sequence: frame.sequence)
        }
    }

    /// Frames before the first one of a time among which the frame shown at that time is looked
    /// for: more than any codec reorders.
    public static let reorderFrameCount = 32

    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private var pages: IndexPages?
    private var ranges: [ClosedRange<UInt64>]?

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
        try await frame(atOrAfter: sequence).map(Place.init)
    }

    /// The frame with this number, or the first one behind it that is there, and what the index
    /// says about it; `nil` behind the last frame.
    public mutating func frame(atOrAfter sequence: UInt64) async throws -> IndexedFrame? {
        try await search { pages in
            let page = try await pages.oldest { ($0.entries.last?.sequence ?? 0) >= sequence }
            return page?.entries.first { $0.sequence >= sequence }
        }
    }

    /// The first of the last `frameCount` frames, or of all if there are fewer; `nil` without
    /// frames.
    public mutating func locateLast(_ frameCount: UInt64) async throws -> Place? {
        precondition(frameCount > 0, "a number of frames is positive")
        var last = try await lastSequence()
        last -= min(last, frameCount - 1)
        return try await locate(sequence: max(1, last))
    }

    /// The number of the last frame; 0 before the first.
    public mutating func lastSequence() async throws -> UInt64 {
        try await search { try await $0.newest().lastSequence }
    }

    /// Gaps that the stream has recorded since its first byte.
    public mutating func gapCount() async throws -> UInt64 {
        try await search { try await $0.newest().gapCount }
    }

    /// The last keyframe with a number up to this one, from which packets can be decoded; `nil` if
    /// none is left. Reads the index of the frames between, page by page.
    public mutating func locateKeyframe(atOrBefore sequence: UInt64) async throws -> Place? {
        try await keyframe(atOrBefore: sequence).map(Place.init)
    }

    /// The last keyframe with a number up to this one, and what the index says about it.
    public mutating func keyframe(atOrBefore sequence: UInt64) async throws -> IndexedFrame? {
        try await search { pages in
            var found: IndexedFrame?
            let page = try await pages.oldest { $0.lastSequence >= sequence }
            let start = if let page { page } else { try await pages.newest() }
            try await pages.walkBack(from: start) { page in
                found = page.entries.last {
                    $0.sequence <= sequence && $0.flags.contains(.keyframe)
                }
                return found == nil
            }
            return found
        }
    }

    /// The frames with these numbers, as far as they are there. All of them are kept in memory.
    public mutating func frames(_ range: ClosedRange<UInt64>) async throws -> [IndexedFrame] {
        try await reduce(range, []) { frames, page in
            frames = page.entries.filter { range.contains($0.sequence) } + frames
        }
    }

    /// What the index says about the frames with these numbers as a whole. Reads the index of all
    /// of them, one record for each 64 frames.
    public mutating func survey(_ range: ClosedRange<UInt64>) async throws -> IndexSurvey {
        try await reduce(range, IndexSurvey()) { $0.take($1, in: range) }
    }

    /// The numbers of the first and the last frame that `matches`, wherever they are. Reads the
    /// index of all frames.
    public mutating func extent(
        where matches: (IndexedFrame) -> Bool
    ) async throws -> ClosedRange<UInt64>? {
        try await reduce(1...UInt64.max, nil as ClosedRange<UInt64>?) { extent, page in
            let found = page.entries.filter(matches)
            guard let first = found.first, let last = found.last else { return }
            extent = first.sequence...(extent?.upperBound ?? last.sequence)
        }
    }

    /// The numbers of the frames of each source, in the order of the stream, down to those at its
    /// head; what is in front of the first announcement counts as a source.
    public mutating func sourceRanges() async throws -> [ClosedRange<UInt64>] {
        try await search { _ in () }  // Forgets what was known of a stream that has changed.
        if let ranges { return ranges }
        let starts = try await SourceHistory.read(reader, pool: pool).map {
            $0.begin.totals.frameCount + 1
        }
        let all: [UInt64] = starts.first == 1 ? starts : [1] + starts
        let ends: [UInt64] = all.dropFirst() + [.max]
        let found: [ClosedRange<UInt64>] = zip(all, ends).compactMap { start, next in
            guard start < next else { return nil }
            return start...(next == .max ? .max : next - 1)
        }
        ranges = found
        return found
    }

    /// Runs `body` on the index, and again on all frames if the index cannot be used.
    mutating func search<Result>(
        _ body: (inout IndexPages) async throws -> Result
    ) async throws -> Result {
        let bounds = try await reader.bounds()
        var pages: IndexPages
        if let known = self.pages, known.bounds == bounds {
            pages = known
        } else {
            pages = try await IndexPages(reader, bounds: bounds, pool: pool)
            ranges = nil
        }
        self.pages = nil
        let result: Result
        do {
            result = try await body(&pages)
        } catch is UnusableIndex {
            try await pages.scan()
            result = try await body(&pages)
        }
        self.pages = pages
        return result
    }

    /// Takes up the pages of these frames, newest first.
    private mutating func reduce<Result>(
        _ range: ClosedRange<UInt64>,
        _ initial: Result,
        _ take: (inout Result, IndexPage) -> Void
    ) async throws -> Result {
        try await search { pages in
            var result = initial
            let page = try await pages.oldest { $0.lastSequence >= range.upperBound }
            let start = if let page { page } else { try await pages.newest() }
            try await pages.walkBack(from: start) { page in
                take(&result, page)
                return (page.entries.first?.sequence ?? .max) >= range.lowerBound
            }
            return result
        }
    }
}
