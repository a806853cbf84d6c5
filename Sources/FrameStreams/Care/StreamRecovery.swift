internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// Learns what a stream holds from its end.
///
/// The trailer at the tail leads to the newest index record. From the index record before that, or
/// further back until a frame of the newest source lies between, the records are read without
/// payloads: some hundred small reads, however long the stream is. Where the tail or an index
/// record on the way is damaged, all records are read without payloads.
struct StreamRecovery {
    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private let bounds: StreamBounds
    private var probe: RecordProbe

    /// Looks at a stream within `bounds`.
    init(
        _ reader: any ByteStreamReader,
        bounds: StreamBounds,
        pool: BufferPool
    ) async throws(StreamError) {
        self.reader = reader
        self.pool = pool
        self.bounds = bounds
        probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
    }

    /// What was learnt.
    struct Outcome {
        /// The sum of all records.
        var state: StreamState
        /// The random number of the stream; `nil` if there is no sound record.
        var salt: UInt64?
    }

    /// Learns it.
    mutating func run() async throws -> Outcome {
        guard bounds.head < bounds.tail else { return Outcome(state: StreamState(), salt: nil) }
        if let state = try await stateFromTail() {
            return Outcome(state: state, salt: probe.salt)
        }
        return try await stateFromAllRecords()
    }

    private mutating func stateFromTail() async throws -> StreamState? {
        switch try await probe.newestIndex() {
        case .unknown: return nil
        case .none:
            return probe.head == 0 ? try await walk(from: 0, StreamState()) : nil
        case .at(let offset):
            guard let start = try await start(before: offset) else { return nil }
            return try await walk(from: start.offset, start.state)
        }
    }

    /// Goes back from the newest index record until the newest source's newest frame lies between.
    private mutating func start(
        before newest: UInt64
    ) async throws(StreamError) -> (offset: UInt64, state: StreamState)? {
        var offset = newest
        while true {
            guard let block = try await probe.index(at: offset) else { return nil }
            let begin = probe.place(block.sourceBeginDistance, before: offset)
            if let frame = Self.frameElsewhere(block) {
                return try await state(with: block, at: offset, frameDistance: frame)
            }
            guard let link = block.links.first else {
                return probe.head == 0 ? (0, StreamState()) : nil
            }
            guard let previous = probe.place(link, before: offset) else { return nil }
            offset = previous
            let holdsFrame = block.entries.contains { !$0.isGap }
            guard holdsFrame || begin.map({ $0 > previous }) ?? false else { continue }
            return try await state(at: previous)
        }
    }

    /// The distance of the last frame that an index record lists, if that is one of an index that
    /// was made anew: frames are then not where it is.
    private static func frameElsewhere(_ block: IndexBlock) -> UInt64? {
        guard let frame = block.entries.last(where: { !$0.isGap }) else { return nil }
        guard let link = block.links.first else { return block.ordinal > 1 ? frame.distance : nil }
        return frame.distance > link ? frame.distance : nil
    }

    /// What was known when the last index record, at `offset`, of an index that was made anew was
    /// written. The records from its last frame on are still to be applied.
    private mutating func state(
        with block: IndexBlock,
        at offset: UInt64,
        frameDistance: UInt64
    ) async throws(StreamError) -> (offset: UInt64, state: StreamState)? {
        guard let frame = probe.place(frameDistance, before: offset),
            let known = try await state(at: offset)
        else { return nil }
        return (frame, known.state)
    }

    /// What was known when the index record at `offset` was written, but for the newest frame.
    private mutating func state(
        at offset: UInt64
    ) async throws(StreamError) -> (offset: UInt64, state: StreamState)? {
        guard let outline = try await probe.outline(at: offset),
            case .index(let block) = outline.record
        else { return nil }
        let levels = try await levels(upTo: block, at: offset)
        var state = StreamState(after: block, at: offset, levels: levels)
        if let place = probe.place(block.sourceBeginDistance, before: offset) {
            guard let outline = try await probe.outline(at: place),
                case .sourceBegin(let begin) = outline.record
            else { return nil }
            state.resume(begin)
        }
        return (outline.end, state)
    }

    /// The newest index record of every level, found along the links: those of the newest one lead
    /// to the next level.
    private mutating func levels(
        upTo newest: IndexBlock,
        at newestOffset: UInt64
    ) async throws(StreamError) -> [StreamState.IndexPlace?] {
        var levels: [StreamState.IndexPlace?] = []
        var (block, offset) = (newest, newestOffset)
        for level in 0..<FormatLimits.indexLinkCountMaximum {
            guard newest.ordinal >> level > 0 else { break }
            if level > 0, newest.ordinal >> (level - 1) & 1 == 1 {
                // `2^level` does not divide the ordinal so far, but that of the record before on
                // its level.
                guard block.links.count >= level,
                    let place = probe.place(block.links[level - 1], before: offset),
                    let outline = try await probe.outline(at: place),
                    case .index(let previous) = outline.record
                else { break }
                (block, offset) = (previous, place)
            }
            levels.append(StreamState.IndexPlace(ordinal: block.ordinal, offset: offset))
        }
        return levels
    }

    /// Applies every record up to the tail; `nil` if one is not sound.
    private mutating func walk(
        from start: UInt64,
        _ before: StreamState
    ) async throws(StreamError) -> StreamState? {
        var state = before
        var offset = start
        while offset < probe.end {
            guard let outline = try await probe.outline(at: offset) else { return nil }
            state.apply(outline.record, sequence: outline.prefix.sequence, at: offset)
            offset = outline.end
        }
        state.recount()
        return state
    }

    private func stateFromAllRecords() async throws -> Outcome {
        var state = StreamState()
        var records = FrameStreamReader(reader, pool: pool, payloads: .skip)
        while let item = try await records.next() {
            guard case .record(let stored) = item else { continue }
            state.apply(stored.record, sequence: stored.place.sequence, at: stored.offset)
        }
        return Outcome(state: state, salt: records.salt)
    }
}

extension StreamState {
    /// Goes on with a source that was announced further back.
    fileprivate mutating func resume(_ begin: SourceBegin) {
        progress = SourceProgress(begin: begin)
        lastSourceID = max(lastSourceID, begin.sourceID)
        recount()
    }

    /// What the newest source has is what the stream has, less what it had before.
    fileprivate mutating func recount() {
        guard var progress else { return }
        let begin = progress.begin
        progress.frameCount = totals.frameCount - min(totals.frameCount, begin.totals.frameCount)
        progress.gapCount = totals.gapCount - min(totals.gapCount, begin.totals.gapCount)
        progress.corruptFrameCount =
            totals.corruptFrameCount
            - min(totals.corruptFrameCount, begin.totals.corruptFrameCount)
        self.progress = progress
    }
}
