internal import ByteStreams
internal import FrameFormat

/// Plans for packets that are decoded: decoding starts at a keyframe, and what comes before the
/// wanted pictures is dropped.
extension ReadingPlanner {
    /// Keyframes that are looked at, from the wanted packet back.
    static let keyframeCountMaximum = 16

    /// What has to come out.
    private struct Target {
        /// A packet; decoding starts at it or before.
        var packet: UInt64
        /// When the first picture is shown that has to come out right.
        var time: MediaTime?
        /// The last packet that is needed; `nil` if that is not known.
        var last: UInt64?
    }

    /// The part of the stream that holds what is selected, from a keyframe on; what is selected by
    /// number without a census may be anywhere.
    mutating func packetPlan(
        _ selection: FrameSelection
    ) async throws -> ReadingPlan {
        var whole = try await wholePlan(selection)
        guard selection.sequences == nil else {
            whole.lacksCensus = true
            return whole
        }
        guard let target = try await target(selection) else { return whole }
        guard let origin = try await firstKeyframe() else { return whole }
        var end: StreamOffset?
        if let last = target.last, !use.follows { end = try await self.end(behind: last) }
        var limited = whole.limited(until: end)
        guard let key = try await keyframe(for: target, behind: origin) else { return limited }
        let isRaw = try await header(key).codec == .raw
        guard use.needsNumbers, !isRaw else {
            let start = try await decodeStart(at: key, numberBefore: key.sequence - 1)
            return plan(selection, from: key, start, until: end)
        }
        guard let placed = try await censuses().placed(ofFrame: key.sequence),
            let start = try await decodeStart(at: key, in: placed)
        else {
            limited.lacksCensus = true
            return limited
        }
        return plan(selection, from: key, start, until: end)
    }

    private func plan(
        _ selection: FrameSelection,
        from key: IndexedFrame,
        _ start: DecodeStart,
        until end: StreamOffset?
    ) -> ReadingPlan {
        ReadingPlan(
            spans: [.init(from: .record(key.offset, after: key.sequence - 1), until: end)],
            selection: selection,
            decodeStart: start
        )
    }

    // MARK: What has to come out

    private mutating func target(_ selection: FrameSelection) async throws -> Target? {
        if let time = selection.shownAt?.mediaTime { return try await targetShown(at: time) }
        return try await target(from: selection.start?.mediaTime, to: selection.end?.mediaTime)
    }

    private mutating func target(
        from start: MediaTime?,
        to end: MediaTime?
    ) async throws -> Target? {
        guard try await locator.gapCount() == 0 else { return nil }
        var target: Target?
        for source in try await locator.sourceRanges() {
            guard let range = try await times(from: start, to: end, in: source) else { continue }
            target?.last = range.upperBound
            guard target == nil else { continue }
            let near = range.clamped(to: 1...range.lowerBound + 2 * Self.reorderCount)
            let times = try await locator.frames(near).compactMap(\.presentationTime)
                .filter { time in start.map { !time.isBefore($0) } ?? true }
            guard let earliest = times.min(by: { $0.isBefore($1) }) else { return nil }
            target = Target(packet: range.lowerBound, time: earliest, last: range.upperBound)
        }
        return target
    }

    private mutating func targetShown(at time: MediaTime) async throws -> Target? {
        guard try await locator.gapCount() == 0 else { return nil }
        let later = try await firstFrame(after: time)
        let end = try await locator.lastSequence()
        var anchor = later?.sequence ?? end
        // The picture shown at the time is in the source of the first later one, or ends the one
        // before.
        while let source = try await locator.sourceRanges().first(where: { $0.contains(anchor) }) {
            let near = anchor - min(anchor - 1, 2 * Self.reorderCount)...anchor + Self.reorderCount
            let shown = try await locator.frames(near.clamped(to: source))
                .filter { !($0.presentationTime.map { time.isBefore($0) } ?? true) }
                .max { Self.isShown($0, before: $1) }
            if let shown {
                return Target(
                    packet: shown.sequence,
                    time: shown.presentationTime,
                    last: later.map { $0.sequence + Self.reorderCount }
                )
            }
            guard source.lowerBound > 1 else { return nil }
            anchor = source.lowerBound - 1
        }
        return nil
    }

    private static func isShown(_ left: IndexedFrame, before right: IndexedFrame) -> Bool {
        guard let left = left.presentationTime, let right = right.presentationTime else {
            return false
        }
        return left.isBefore(right)
    }

    // MARK: Where decoding starts

    /// The last keyframe from which the target comes out right; `nil` if that is the first.
    private mutating func keyframe(
        for target: Target,
        behind origin: IndexedFrame
    ) async throws -> IndexedFrame? {
        var key = try await locator.keyframe(atOrBefore: target.packet)
        for _ in 0..<Self.keyframeCountMaximum {
            guard let found = key, found.sequence > origin.sequence else { return nil }
            let frame = try await frame(found)
            guard frame.header.sequence == found.sequence else { return nil }
            if frame.header.codec == .raw { return found }
            guard let usable = try await startable(found, frame) else { return nil }
            guard usable.sequence == found.sequence else {
                key = usable
                continue
            }
            let start = GroupStart(frame)
            if start == .closed || start == .open && comesOut(target, from: found),
                try await isExact(target, from: found, start)
            {
                return found
            }
            key = try await locator.keyframe(atOrBefore: found.sequence - 1)
        }
        return nil
    }

    /// Whether the target is not shown before the keyframe of an open group.
    private func comesOut(_ target: Target, from key: IndexedFrame) -> Bool {
        guard let keyTime = key.presentationTime else { return false }
        return target.time.map { !$0.isBefore(keyTime) } ?? false
    }

    /// Whether no damage stands between a keyframe and the target that a census knows of.
    private mutating func isExact(
        _ target: Target,
        from key: IndexedFrame,
        _ start: GroupStart
    ) async throws -> Bool {
        guard let placed = try await censuses().placed(ofFrame: key.sequence) else { return true }
        let census = placed.census
        let packet = placed.packet(ofFrame: key.sequence)
        guard let first = census.firstPicture(from: packet, start) else { return false }
        let last = min(target.last ?? target.packet, UInt64.max - 1)
        let end = placed.packet(ofFrame: last + 1)
        return census.isExact(from: first, through: census.runs.pictures(beforePacket: end))
    }

    /// The keyframe and what is near behind it in its source.
    mutating func group(of key: IndexedFrame) async throws -> [IndexedFrame] {
        let source = try await locator.sourceRanges().first { $0.contains(key.sequence) }
        let near = key.sequence...key.sequence + 2 * Self.reorderCount
        return try await locator.frames(source.map { near.clamped(to: $0) } ?? near)
    }

    /// What decoding from a keyframe starts with, behind so many pictures, where no census says it.
    mutating func decodeStart(
        at key: IndexedFrame,
        numberBefore: UInt64
    ) async throws -> DecodeStart {
        let frame = try await frame(key)
        let position = frame.header.position
        var start = DecodeStart(
            sequence: numberBefore,
            position: SourcePosition(
                sourceID: position.sourceID,
                ordinal: position.ordinal - min(position.ordinal, 1)
            )
        )
        guard frame.header.codec != .raw else { return start }
        let shown = try await group(of: key).filter { !$0.flags.contains(.discard) }
        if GroupStart(frame) == .open, let keyTime = key.presentationTime {
            let leading = UInt64(shown.count { $0.isShown(before: keyTime) })
            start.sequence += leading
            start.position.ordinal += leading
            start.dropsBefore = keyTime
        }
        if !shown.contains(where: { $0.presentationTime == nil }) {
            start.firstTime = shown.compactMap(\.presentationTime)
                .filter { time in start.dropsBefore.map { !time.isBefore($0) } ?? true }
                .min { $0.isBefore($1) }
        }
        return start
    }
}

extension IndexedFrame {
    /// Whether it is shown before `time`; not if it has no time.
    func isShown(before time: MediaTime) -> Bool {
        presentationTime.map { $0.isBefore(time) } ?? false
    }
}

extension ReadingPlan {
    /// The same up to a record.
    fileprivate func limited(until end: StreamOffset?) -> ReadingPlan {
        var plan = self
        if plan.spans.count == 1 { plan.spans[0].end = end }
        return plan
    }
}
