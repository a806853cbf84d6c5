internal import FrameFormat

/// Compares what records say about each other.
///
/// After damage, what cannot be known any more is not compared: one fault is not reported again by
/// every record behind it. The next index record says what the stream holds, and comparing starts
/// again.
struct StreamAudit: Sendable {
    /// Something that is not as it should be.
    struct Remark: Sendable {
        var severity: FrameStreamVerifier.Finding.Severity
        var detail: String
    }

    private var state = StreamState()
    /// Whether all records since the newest index record, or since the first byte, were seen.
    private var isIntervalComplete: Bool
    /// Whether `state` holds all that was before.
    private var areTotalsKnown: Bool
    private var isSourceComplete = false
    private var epoch: UInt32 = 0
    private var decodeTime: MediaTime?
    private var presentationTime: MediaTime?
    private var indexOffsets: [UInt64: UInt64] = [:]
    private var hasDamage = false
    /// The first byte of the first record.
    private var head: UInt64?
    /// All frames and gaps so far.
    private var all = IndexSum()
    /// What the index records list that follow each other in an index that was made anew; `nil`
    /// outside of one.
    private var anew: IndexSum?

    /// Starts an audit.
    ///
    /// - Parameter isComplete: Whether the first record of the stream is still there.
    init(isComplete: Bool) {
        isIntervalComplete = isComplete
        areTotalsKnown = isComplete
    }

    /// Notes that records are missing.
    mutating func noteDamage() {
        isIntervalComplete = false
        areTotalsKnown = false
        isSourceComplete = false
        hasDamage = true
    }

    /// Compares a record with those before it.
    mutating func take(_ stored: StoredRecord) -> [Remark] {
        var remarks = checkPlace(stored)
        head = head ?? stored.offset
        all.add(stored.record, sequence: stored.place.sequence, at: stored.offset)
        switch stored.record {
        case .frame(let frame): remarks += check(frame.header)
        case .gap(let gap): remarks.append(Self.note("a gap: \(gap.words)"))
        case .index(let block):
            if block.ordinal == 1, !indexOffsets.isEmpty || !isIntervalComplete {
                anew = IndexSum()
                indexOffsets = [:]
            }
            remarks +=
                anew == nil
                ? check(block, at: stored.offset) : checkAnew(block, at: stored.offset)
        case .sourceBegin(let begin): remarks += check(begin)
        case .sourceEnd(let end): remarks += check(end)
        case .mark: break
        }
        if anew != nil, !stored.record.isIndex {
            anew = nil
            remarks.append(Self.damage("an index that was made anew ends before it is complete"))
        }
        state.apply(stored.record, sequence: stored.place.sequence, at: stored.offset)
        switch stored.record {
        case .index(let block):
            indexOffsets[block.ordinal] = stored.offset
            isIntervalComplete = true
            areTotalsKnown = true
        case .sourceBegin:
            isSourceComplete = true
            decodeTime = nil
            presentationTime = nil
        case .frame, .gap, .sourceEnd, .mark: break
        }
        return remarks
    }

    private mutating func checkPlace(_ stored: StoredRecord) -> [Remark] {
        var remarks: [Remark] = []
        let expected = state.place(
            at: stored.offset,
            epoch: stored.place.writerEpoch,
            of: stored.record,
            standsIn: stored.standsFor?.lowerBound == state.totals.frameCount + 1
        )
        if areTotalsKnown, expected.sequence != stored.place.sequence {
            remarks.append(Self.damage("its number should be \(expected.sequence)"))
        }
        if isIntervalComplete, expected.indexDistance != stored.place.indexDistance {
            remarks.append(Self.damage("the index record before it is not where its trailer says"))
        }
        if stored.place.writerEpoch < epoch {
            remarks.append(
                Self.damage("its epoch is \(stored.place.writerEpoch), that before it \(epoch)")
            )
        }
        epoch = max(epoch, stored.place.writerEpoch)
        return remarks
    }

    private mutating func check(_ header: FrameHeader) -> [Remark] {
        var remarks: [Remark] = []
        let position = header.position
        if isSourceComplete, let progress = state.progress {
            if position.sourceID != progress.begin.sourceID {
                remarks.append(
                    Self.damage("it names source \(position.sourceID), not that before it")
                )
            }
            if position.ordinal <= progress.lastOrdinal {
                remarks.append(Self.note("its ordinal \(position.ordinal) does not follow"))
            }
            if position.origin < progress.lastOrigin {
                remarks.append(Self.note("its origin \(position.origin) goes back"))
            }
        }
        if let time = header.decodeTime?.time {
            if let decodeTime, time.isBefore(decodeTime) {
                remarks.append(Self.note("its decode time \(time.seconds) s goes back"))
            }
            decodeTime = time
        }
        if header.codec == .raw, let time = header.presentationTime?.time {
            if let presentationTime, time.isBefore(presentationTime) {
                remarks.append(Self.note("its presentation time \(time.seconds) s goes back"))
            }
            presentationTime = time
        }
        return remarks
    }

    private func check(_ block: IndexBlock, at offset: UInt64) -> [Remark] {
        var remarks: [Remark] = []
        let expected = state.makeIndexBlock(at: offset)
        if isIntervalComplete, block.entries != expected.entries {
            remarks.append(Self.damage("its entries are not the frames and gaps before it"))
        }
        if areTotalsKnown, block.totals != expected.totals {
            remarks.append(Self.damage("its totals are not those of the records before it"))
        }
        if isIntervalComplete, isSourceComplete,
            block.sourceBeginDistance != expected.sourceBeginDistance
        {
            remarks.append(Self.damage("the newest source is not where it says"))
        }
        // An older writer names none.
        if isIntervalComplete, block.sourceDigestDistance > 0,
            block.sourceDigestDistance != expected.sourceDigestDistance
        {
            remarks.append(Self.damage("the newest list of sources is not where it says"))
        }
        return remarks + checkLinks(block, at: offset)
    }

    /// The records of an index that was made anew list, all together, what is in front of them.
    private mutating func checkAnew(_ block: IndexBlock, at offset: UInt64) -> [Remark] {
        guard var listed = anew else { return [] }
        var remarks = checkLinks(block, at: offset)
        if areTotalsKnown, block.totals != state.totals {
            remarks.append(Self.damage("its totals are not those of the records before it"))
        }
        listed.add(block, at: offset, from: head ?? 0)
        anew = listed
        guard listed.count >= all.count else { return remarks }
        anew = nil
        // What was damaged since is listed and not found.
        if listed != all, !hasDamage {
            remarks.append(Self.damage("the index up to it does not list the frames before it"))
        }
        return remarks
    }

    private func checkLinks(_ block: IndexBlock, at offset: UInt64) -> [Remark] {
        var remarks: [Remark] = []
        for (level, link) in block.links.enumerated() {
            let step = UInt64(1) << UInt64(level)
            guard step < block.ordinal, let target = indexOffsets[block.ordinal - step] else {
                continue
            }
            if target != offset - min(offset, link) {
                remarks.append(Self.damage("its link over \(step) index records misses"))
            }
        }
        return remarks
    }

    private func check(_ begin: SourceBegin) -> [Remark] {
        var remarks: [Remark] = []
        if begin.sourceID <= state.lastSourceID {
            remarks.append(
                Self.damage("source \(begin.sourceID) does not follow \(state.lastSourceID)")
            )
        }
        if areTotalsKnown, begin.totals != state.totals {
            remarks.append(Self.damage("its totals are not those of the records before it"))
        }
        return remarks
    }

    private func check(_ end: SourceEnd) -> [Remark] {
        guard isSourceComplete, let progress = state.progress else { return [] }
        let expected = SourceEnd(
            sourceID: progress.begin.sourceID,
            frameCount: progress.frameCount,
            gapCount: progress.gapCount,
            corruptFrameCount: progress.corruptFrameCount,
            content: end.content,
            identity: end.identity
        )
        return end == expected && !progress.isEnded
            ? [] : [Self.damage("it does not agree with the frames of its source")]
    }

    private static func damage(_ detail: String) -> Remark {
        Remark(severity: .damage, detail: detail)
    }

    private static func note(_ detail: String) -> Remark {
        Remark(severity: .note, detail: detail)
    }
}

extension Gap {
    /// Why, which ones, and in whose words.
    fileprivate var words: String {
        var words = "\(reason)"
        if unit != .unknown { words += ", \(unit) \(first) to \(last)" }
        return detail.isEmpty ? words : "\(words), \(detail)"
    }
}

extension Record {
    fileprivate var isIndex: Bool {
        if case .index = self { true } else { false }
    }
}
