internal import ByteStreams
internal import FrameFormat
internal import FrameStreams

/// Plans for packets that are decoded: decoding starts at a keyframe, and what comes before the
/// wanted pictures is dropped.
extension ReadingPlanner {
    /// Keyframes that are looked at, from the wanted packet back.
    private static let keyframeCountMaximum = 16

    /// What has to come out.
    private struct Target {
        /// A packet; decoding starts at it or before.
        var packet: UInt64
        /// The number of the first picture that has to come out right; `nil` if any that is shown
        /// at `time` or later has to.
        var number: UInt64?
        /// When the first picture is shown that has to come out right.
        var time: MediaTime?
        /// The last packet that is needed; `nil` if that is not known.
        var last: UInt64?
    }

    /// The part of the stream that holds what is selected, from a keyframe on.
    mutating func packetPlan(
        _ selection: FrameSelection,
        from first: IndexedFrame
    ) async throws -> ReadingPlan {
        let whole = try await wholePlan(selection)
        guard let target = try await target(selection, first) else { return whole }
        guard let origin = try await firstKeyframe() else { return whole }
        let needsNumbers = use.needsNumbers || target.number != nil
        var end: StreamOffset?
        if let last = target.last, !use.follows { end = try await self.end(behind: last) }
        let limited = whole.limited(until: needsNumbers && target.number != nil ? nil : end)
        guard let key = try await keyframe(for: target, behind: origin) else { return limited }
        guard needsNumbers else {
            let start = try await decodeStart(at: key, numberBefore: key.sequence - 1)
            return plan(selection, from: key, start, until: end)
        }
        guard let census = try await census(from: origin, to: target.last ?? key.sequence) else {
            return limited
        }
        if target.number != nil, census.discardCount > 0 {
            // Pictures are then behind the packets of the same number.
            end = nil
        }
        let before = try await locator.survey(origin.sequence...key.sequence - 1)
        let start = try await decodeStart(
            at: key,
            numberBefore: key.sequence - 1 - before.discardCount
        )
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

    private mutating func target(
        _ selection: FrameSelection,
        _ first: IndexedFrame
    ) async throws -> Target? {
        if let numbers = selection.sequences {
            let (last, overflow) = numbers.upperBound.addingReportingOverflow(Self.reorderCount)
            return Target(
                packet: max(first.sequence, numbers.lowerBound),
                number: numbers.lowerBound,
                last: overflow ? nil : last
            )
        }
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
            switch GroupStart(frame) {
            case .closed:
                return found
            case .open:
                if try await comesOut(target, from: found) { return found }
            case .unknown:
                break
            }
            key = try await locator.keyframe(atOrBefore: found.sequence - 1)
        }
        return nil
    }

    /// Whether the target is not shown before the keyframe of an open group.
    private mutating func comesOut(
        _ target: Target,
        from key: IndexedFrame
    ) async throws -> Bool {
        guard let keyTime = key.presentationTime else { return false }
        if let time = target.time { return !time.isBefore(keyTime) }
        guard let number = target.number else { return false }
        let group = try await group(of: key)
        return key.sequence + UInt64(group.count { $0.isShown(before: keyTime) }) <= number
    }

    /// The keyframe and what is near behind it in its source.
    private mutating func group(of key: IndexedFrame) async throws -> [IndexedFrame] {
        let source = try await locator.sourceRanges().first { $0.contains(key.sequence) }
        let near = key.sequence...key.sequence + 2 * Self.reorderCount
        return try await locator.frames(source.map { near.clamped(to: $0) } ?? near)
    }

    /// What decoding from a keyframe starts with, behind so many pictures.
    mutating func decodeStart(
        at key: IndexedFrame,
        numberBefore: UInt64
    ) async throws -> DecodeStart {
        let frame = try await frame(key)
        let sourceID = frame.header.position.sourceID
        let source = try await locator.sourceRanges().first { $0.contains(key.sequence) }
        let first = try await locator.frame(atOrAfter: source?.lowerBound ?? 1)?.sequence ?? 1
        // Where the first packets of the source are gone, the others keep their numbers.
        let isCut = first > (source?.lowerBound ?? 1)
        var ordinal = isCut ? frame.header.position.ordinal - 1 : key.sequence - first
        if use.needsNumbers, first < key.sequence {
            ordinal -= try await locator.survey(first...key.sequence - 1).discardCount
        }
        var start = DecodeStart(
            sequence: numberBefore,
            position: SourcePosition(sourceID: sourceID, ordinal: ordinal)
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
