internal import ByteStreams
internal import FrameFormat

/// A source, and where the records are that begin and end it.
struct PlacedSource: Sendable {
    /// What announces it.
    var begin: SourceBegin
    /// Where that is.
    var beginOffset: UInt64
    /// What ends it, and where that is; `nil` if it is not complete.
    var end: (record: SourceEnd, offset: UInt64)?

    /// The source, if it is complete.
    var ended: EndedSource? { end.map { EndedSource(begin: begin, end: $0.record) } }
}

/// Finds the sources of a stream from the newest back.
///
/// The newest index record leads to the newest source before it, whose trailer leads to the index
/// record before that, and so on: what is read is the records around the borders between sources.
struct SourceWalk {
    /// Records that are looked at between the beginning of a source and the end of the one before.
    private static let backwardStepMaximum = 2048

    /// Where to go on.
    private enum Position {
        /// Nothing was looked at yet.
        case tail
        /// In front of this index record.
        case index(UInt64)
        /// There is nothing more.
        case end
    }

    private var probe: RecordProbe
    /// Ends in front of it are not looked for between two announcements.
    private let border: UInt64
    private var position = Position.tail
    /// The oldest announcement that was found.
    private var nextBegin: UInt64?

    /// Begins at the tail of what the probe can see.
    ///
    /// - Parameter border: Sources that ended in front of it may be given without their ends.
    init(_ probe: RecordProbe, border: UInt64 = 0) {
        self.probe = probe
        self.border = border
    }

    /// The sources in front of those that were found, as many as lie close to each other, oldest
    /// first; `nil` when there are no more.
    ///
    /// - Throws: ``UnusableIndex`` where a record on the way is damaged.
    mutating func next() async throws -> [PlacedSource]? {
        let interval: (index: UInt64?, end: UInt64)
        switch position {
        case .end: return nil
        case .tail:
            switch try await probe.newestIndex() {
            case .unknown: throw UnusableIndex()
            case .none: interval = (nil, probe.end)
            case .at(let offset): interval = (offset, probe.end)
            }
        case .index(let newer):
            guard let outline = try await probe.outline(at: newer),
                case .index(let block) = outline.record
            else { throw UnusableIndex() }
            guard let begin = probe.place(block.sourceBeginDistance, before: newer) else {
                position = .end
                return nil
            }
            interval = try await self.interval(around: begin)
        }
        // Without an index record to start at, and without the first record, nothing before is
        // found.
        guard interval.index != nil || probe.head == 0 else { throw UnusableIndex() }
        let found = try await collect(from: interval.index ?? probe.head, to: interval.end)
        position = interval.index.map { .index($0) } ?? .end
        return found
    }

    /// The index record before the announcement at `begin`, and the end of what to look at behind
    /// it.
    private mutating func interval(
        around begin: UInt64
    ) async throws -> (index: UInt64?, end: UInt64) {
        guard let outline = try await probe.outline(at: begin), case .sourceBegin = outline.record,
            let trailer = try await probe.trailer(endingAt: outline.end)
        else { throw UnusableIndex() }
        return (probe.place(trailer.indexDistance, before: begin), outline.end)
    }

    /// Collects the sources that are announced between two offsets.
    private mutating func collect(
        from start: UInt64,
        to end: UInt64
    ) async throws -> [PlacedSource] {
        var found: [PlacedSource] = []
        var offset = start
        while offset < end {
            guard let outline = try await probe.outline(at: offset) else { throw UnusableIndex() }
            switch outline.record {
            case .sourceBegin(let begin):
                found.append(PlacedSource(begin: begin, beginOffset: offset))
            case .sourceEnd(let end):
                if found.last?.begin.sourceID == end.sourceID {
                    found[found.count - 1].end = (end, offset)
                }
            case .frame, .gap, .index, .mark: break
            }
            offset = outline.end
        }
        if let last = found.last, last.end == nil {
            // Its end is right before the next source, in another interval.
            found[found.count - 1].end = try await sourceEnd(before: nextBegin ?? probe.end)
        }
        nextBegin = found.first?.beginOffset ?? nextBegin
        return found
    }

    /// The end of a source in front of `offset`, with at most index records and marks between.
    private mutating func sourceEnd(
        before offset: UInt64
    ) async throws -> (record: SourceEnd, offset: UInt64)? {
        var offset = offset
        for _ in 0..<Self.backwardStepMaximum {
            guard let trailer = try await probe.trailer(endingAt: offset),
                let start = probe.place(trailer.recordByteCount, before: offset), start >= border,
                let outline = try await probe.outline(at: start)
            else { return nil }
            switch outline.record {
            case .sourceEnd(let end): return (end, start)
            case .index, .mark: offset = start
            case .frame, .gap, .sourceBegin: return nil
            }
        }
        return nil
    }
}
