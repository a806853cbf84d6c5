internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// The sources of a stream, as far back as the stream reaches.
struct SourceHistory {
    /// Records that are looked at between the beginning of a source and the end of the one before.
    private static let backwardStepMaximum = 256

    private var probe: RecordProbe
    private var sources: [FrameStreamSummary.Source] = []
    private var begins: [UInt64] = []
    private var nextBegin: UInt64?

    private init(_ probe: RecordProbe) {
        self.probe = probe
    }

    /// Finds all sources, oldest first.
    ///
    /// The newest index record leads to the newest source before it, whose trailer leads to the
    /// index record before that, and so on: what is read is the records around the borders between
    /// sources. Where one of them is damaged, all records are read without payloads.
    static func read(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> [FrameStreamSummary.Source] {
        try await readPlaces(reader, pool: pool).sources
    }

    /// Finds all sources and the offsets of what announces them, oldest first.
    static func readPlaces(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> (sources: [FrameStreamSummary.Source], begins: [UInt64]) {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return ([], []) }
        var history = SourceHistory(try await RecordProbe(reader, bounds: bounds, pool: pool))
        if try await history.walk() { return (history.sources, history.begins) }
        return try await scan(reader, pool: pool)
    }

    /// Goes from index record to index record; whether all that was needed is sound.
    private mutating func walk() async throws(StreamError) -> Bool {
        var index: UInt64?
        switch try await probe.newestIndex() {
        case .unknown: return false
        case .none: index = nil
        case .at(let offset): index = offset
        }
        guard index != nil || probe.head == 0 else { return false }
        var end = probe.end
        while true {
            guard try await collect(from: index ?? probe.head, to: end) else { return false }
            guard let newer = index else { return true }
            guard let outline = try await probe.outline(at: newer),
                case .index(let block) = outline.record
            else { return false }
            guard let begin = probe.place(block.sourceBeginDistance, before: newer) else {
                return true
            }
            guard let step = try await interval(around: begin) else { return false }
            (index, end) = step
        }
    }

    /// The index record before the announcement at `begin`, and the end of what to look at behind
    /// it.
    private mutating func interval(
        around begin: UInt64
    ) async throws(StreamError) -> (index: UInt64?, end: UInt64)? {
        guard let outline = try await probe.outline(at: begin), case .sourceBegin = outline.record,
            let trailer = try await probe.trailer(endingAt: outline.end)
        else { return nil }
        let index = probe.place(trailer.indexDistance, before: begin)
        // Without an index record to start at, and without the first record, nothing before is
        // found.
        guard index != nil || probe.head == 0 else { return nil }
        return (index, outline.end)
    }

    /// Collects the sources that are announced between two offsets, newest first.
    private mutating func collect(
        from start: UInt64,
        to end: UInt64
    ) async throws(StreamError) -> Bool {
        var found: [(source: FrameStreamSummary.Source, offset: UInt64)] = []
        var offset = start
        while offset < end {
            guard let outline = try await probe.outline(at: offset) else { return false }
            switch outline.record {
            case .sourceBegin(let begin):
                found.append((FrameStreamSummary.Source(begin: begin, end: nil), offset))
            case .sourceEnd(let end):
                if found.last?.source.begin.sourceID == end.sourceID {
                    found[found.count - 1].source.end = end
                }
            case .frame, .gap, .index, .mark: break
            }
            offset = outline.end
        }
        if var last = found.last, last.source.end == nil {
            // Its end is right before the next source, in another interval.
            last.source.end = try await sourceEnd(before: nextBegin ?? probe.end)
            found[found.count - 1] = last
        }
        nextBegin = found.first?.offset ?? nextBegin
        sources.insert(contentsOf: found.map(\.source), at: 0)
        begins.insert(contentsOf: found.map(\.offset), at: 0)
        return true
    }

    /// The end of a source in front of `offset`, with at most index records and marks between.
    private mutating func sourceEnd(before offset: UInt64) async throws(StreamError) -> SourceEnd? {
        var offset = offset
        for _ in 0..<Self.backwardStepMaximum {
            guard let trailer = try await probe.trailer(endingAt: offset),
                let start = probe.place(trailer.recordByteCount, before: offset),
                let outline = try await probe.outline(at: start)
            else { return nil }
            switch outline.record {
            case .sourceEnd(let end): return end
            case .index, .mark: offset = start
            case .frame, .gap, .sourceBegin: return nil
            }
        }
        return nil
    }

    private static func scan(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> (sources: [FrameStreamSummary.Source], begins: [UInt64]) {
        var sources: [FrameStreamSummary.Source] = []
        var begins: [UInt64] = []
        var records = FrameStreamReader(reader, pool: pool, payloads: .skip)
        while let item = try await records.next() {
            guard case .record(let stored) = item else { continue }
            if case .sourceBegin(let begin) = stored.record {
                sources.append(FrameStreamSummary.Source(begin: begin, end: nil))
                begins.append(stored.offset)
            } else if case .sourceEnd(let end) = stored.record,
                sources.last?.begin.sourceID == end.sourceID
            {
                sources[sources.count - 1].end = end
            }
        }
        return (sources, begins)
    }
}
