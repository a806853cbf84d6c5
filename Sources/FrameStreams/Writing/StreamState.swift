internal import FrameFormat

/// What a writer knows about the stream behind it: the sum of all records, one applied after the
/// other.
///
/// The same rules serve the writer, which applies what it appends, and its recovery, which applies
/// what it finds.
struct StreamState: Sendable {
    /// A frame or a gap for the next index record.
    struct Entry: Sendable {
        var offset: UInt64
        var sequence: UInt64
        var flags: FrameFlags
        var isGap: Bool
        var presentationTime: MediaTime?
    }

    /// An index record to link to.
    struct IndexPlace: Sendable {
        var ordinal: UInt64
        var offset: UInt64
    }

    /// Records after which the next one is an index record: what the end of a stream costs to
    /// search.
    static let indexIntervalRecordCount = 64

    /// What the stream has held.
    var totals = StreamTotals()
    /// How far the newest source has come.
    var progress: SourceProgress?
    /// The largest number of a source.
    var lastSourceID: UInt64 = 0
    /// Where the newest source was announced.
    var sourceBeginOffset: UInt64?
    /// Where the newest mark is that lists ended sources; `nil` if that is not known.
    private(set) var sourceDigestOffset: UInt64?
    /// Where the newest frame of the newest source is.
    private(set) var newestFrameOffset: UInt64?
    /// Frames and gaps since the newest index record.
    private(set) var entries: [Entry] = []
    /// Records since the newest index record.
    private(set) var unindexedRecordCount = 0
    /// `levels[k]` is the newest index record whose ordinal `2^k` divides.
    private(set) var levels: [IndexPlace?] = []

    /// A stream without records.
    init() {}

    /// A stream up to and with the index record at `offset`.
    ///
    /// - Parameter levels: The index records to link to, as far as they are known.
    init(after block: IndexBlock, at offset: UInt64, levels: [IndexPlace?]) {
        self.levels = levels
        apply(block, at: offset)
    }

    /// Whether the next record is to be an index record.
    var isIndexDue: Bool { unindexedRecordCount >= Self.indexIntervalRecordCount }

    /// What a record at `offset` says about its place.
    ///
    /// - Parameter standsIn: Whether the record is a gap that stands for the frames behind the last
    ///   one.
    func place(
        at offset: UInt64,
        epoch: UInt32,
        of record: Record,
        standsIn: Bool = false
    ) -> RecordPlace {
        var sequence = totals.frameCount
        if case .frame = record { sequence += 1 }
        if standsIn, case .gap(let gap) = record { sequence = gap.last }
        let newest = levels.first.flatMap { $0 }
        return RecordPlace(
            sequence: sequence,
            writerEpoch: epoch,
            indexDistance: newest.map { offset - $0.offset } ?? 0
        )
    }

    /// The index record that belongs at `offset`.
    func makeIndexBlock(at offset: UInt64) -> IndexBlock {
        let ordinal = (levels.first.flatMap { $0 }?.ordinal ?? 0) + 1
        var links: [UInt64] = []
        for (level, place) in levels.enumerated() {
            guard let place, ordinal.trailingZeroBitCount >= level,
                place.ordinal + (1 << level) == ordinal
            else { break }
            links.append(offset - place.offset)
        }
        return IndexBlock(
            ordinal: ordinal,
            entries: entries.map { entry in
                IndexBlock.Entry(
                    distance: offset - entry.offset,
                    sequence: entry.sequence,
                    flags: entry.flags,
                    isGap: entry.isGap,
                    presentationTime: entry.presentationTime
                )
            },
            links: links,
            sourceBeginDistance: sourceBeginOffset.map { offset - $0 } ?? 0,
            totals: totals,
            sourceDigestDistance: sourceDigestOffset.map { offset - $0 } ?? 0
        )
    }

    /// The index record that belongs at `offset` in an index that is made anew, and that lists
    /// `entries`.
    mutating func makeIndexBlock(
        at offset: UInt64,
        listing entries: [Entry],
        isFirst: Bool
    ) -> IndexBlock {
        if isFirst { levels = [] }
        self.entries = entries
        return makeIndexBlock(at: offset)
    }

    /// Takes a record into account that is at `offset`, with `sequence` as its place says.
    mutating func apply(_ record: Record, sequence: UInt64, at offset: UInt64) {
        unindexedRecordCount += 1
        let numberCount = sequence - min(sequence, totals.frameCount)
        totals.frameCount = max(totals.frameCount, sequence)
        switch record {
        case .frame(let frame): apply(frame.header, sequence: sequence, at: offset)
        case .gap(let gap):
            apply(gap, sequence: sequence, at: offset)
            // Frames that a gap stands for count as those of their source.
            progress?.frameCount += numberCount
        case .index(let block): apply(block, at: offset)
        case .sourceBegin(let begin):
            progress = SourceProgress(begin: begin)
            lastSourceID = max(lastSourceID, begin.sourceID)
            sourceBeginOffset = offset
            newestFrameOffset = nil
        case .sourceEnd: progress?.isEnded = true
        case .mark(let mark):
            if mark.key == SourceDigestMark.key { sourceDigestOffset = offset }
        }
    }

    private mutating func apply(_ header: FrameHeader, sequence: UInt64, at offset: UInt64) {
        let isCorrupt = header.flags.contains(.corrupt)
        newestFrameOffset = offset
        totals.corruptFrameCount += isCorrupt ? 1 : 0
        lastSourceID = max(lastSourceID, header.position.sourceID)
        entries.append(
            Entry(
                offset: offset,
                sequence: sequence,
                flags: header.flags,
                isGap: false,
                presentationTime: header.presentationTime?.time
            )
        )
        guard var progress else { return }
        progress.lastOrdinal = header.position.ordinal
        progress.lastOrigin = max(progress.lastOrigin, header.position.origin)
        progress.lastPresentationTime = header.presentationTime?.time
        progress.frameCount += 1
        progress.corruptFrameCount += isCorrupt ? 1 : 0
        self.progress = progress
    }

    private mutating func apply(_ gap: Gap, sequence: UInt64, at offset: UInt64) {
        totals.gapCount += 1
        entries.append(
            Entry(
                offset: offset,
                sequence: sequence,
                flags: [],
                isGap: true,
                presentationTime: gap.presentationTime
            )
        )
        guard var progress else { return }
        progress.lastOrdinal = max(progress.lastOrdinal, gap.position.ordinal)
        progress.lastOrigin = max(progress.lastOrigin, gap.position.origin)
        progress.gapCount += 1
        self.progress = progress
    }

    /// An index record knows better than the sum of what was found, should something before it be
    /// lost.
    private mutating func apply(_ block: IndexBlock, at offset: UInt64) {
        totals = block.totals
        entries = []
        unindexedRecordCount = 0
        if block.sourceBeginDistance > 0, block.sourceBeginDistance <= offset {
            sourceBeginOffset = offset - block.sourceBeginDistance
        }
        // A writer that knows nothing of such marks names none, and behind its index none is known.
        let digest = block.sourceDigestDistance
        sourceDigestOffset = digest > 0 && digest <= offset ? offset - digest : nil
        if block.ordinal == 1 { levels = [] }
        for level in 0...min(block.ordinal.trailingZeroBitCount, Self.levelMaximum) {
            while levels.count <= level { levels.append(nil) }
            levels[level] = IndexPlace(ordinal: block.ordinal, offset: offset)
        }
    }

    /// The largest level of a link.
    private static let levelMaximum = FormatLimits.indexLinkCountMaximum - 1
}

extension StreamState.Entry {
    /// What an index record lists of a frame or gap; `nil` for other records.
    init?(_ stored: StoredRecord) {
        let (offset, sequence) = (stored.offset, stored.place.sequence)
        switch stored.record {
        case .frame(let frame):
            self.init(
                offset: offset,
                sequence: sequence,
                flags: frame.header.flags,
                isGap: false,
                presentationTime: frame.header.presentationTime?.time
            )
        case .gap(let gap):
            self.init(
                offset: offset,
                sequence: sequence,
                flags: [],
                isGap: true,
                presentationTime: gap.presentationTime
            )
        case .index, .sourceBegin, .sourceEnd, .mark: return nil
        }
    }
}
