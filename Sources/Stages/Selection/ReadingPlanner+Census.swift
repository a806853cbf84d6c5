internal import FrameFormat
internal import FrameStreams

/// Counts pictures by their packets, where that can be done.
extension ReadingPlanner {
    /// What the index says about packets from `origin` to `last`; `nil` unless each gives exactly
    /// one picture or is said to give none.
    ///
    /// It is not so where frames are missing or corrupt, where a source starts with pictures that
    /// need packets before it, and for codecs that may spend two packets on a picture, or hide one.
    mutating func census(
        from origin: IndexedFrame,
        to last: UInt64
    ) async throws -> IndexSurvey? {
        let end = min(max(last, origin.sequence), try await locator.lastSequence())
        let range = origin.sequence...end
        let survey = try await locator.survey(range)
        guard survey.frameCount == range.count, survey.gapCount == 0, survey.corruptCount == 0,
            survey.untimedCount == 0
        else { return nil }
        for source in try await locator.sourceRanges() where source.overlaps(range) {
            let packets = source.clamped(to: range)
            guard try await beginsWell(packets, isHead: origin.sequence == 1) else { return nil }
        }
        return survey
    }

    private mutating func beginsWell(
        _ packets: ClosedRange<UInt64>,
        isHead: Bool
    ) async throws -> Bool {
        let near = packets.clamped(to: 1...packets.lowerBound + 2 * Self.reorderCount)
        let frames = try await locator.frames(near)
        guard let first = frames.first else { return false }
        let header = try await header(first)
        guard header.codec != .raw else { return true }
        guard GroupStart.isPictureForPacket(header), first.flags.contains(.keyframe),
            let time = first.presentationTime
        else { return false }
        // Behind a truncated head, the pictures before the first keyframe are accounted for.
        let isCut = packets.lowerBound > 1 && !isHead
        return isCut || !frames.contains { $0.isShown(before: time) }
    }

    /// The numbers of the last `count` frames, as the index has it.
    public mutating func lastNumbers(_ count: UInt64) async throws -> LastNumbers {
        precondition(count > 0, "a number of frames is positive")
        var total = try await locator.lastSequence()
        var hasPackets = false
        if use.decodes, total > 0 {
            for source in try await locator.sourceRanges() where !hasPackets {
                guard let frame = try await locator.frame(atOrAfter: source.lowerBound) else {
                    continue
                }
                hasPackets = try await header(frame).codec != .raw
            }
        }
        if hasPackets, total > 0 {
            guard let origin = try await firstKeyframe(),
                let census = try await census(from: origin, to: total)
            else { return .unknown }
            total -= min(total, census.discardCount)
        }
        let first = total > count ? total - count + 1 : 1
        return hasPackets ? .expected(first...max(first, total)) : .known(first...UInt64.max)
    }
}

/// The numbers of the last frames of a stream.
public enum LastNumbers: Hashable, Sendable {
    /// They are these.
    case known(ClosedRange<UInt64>)
    /// They are these if every packet gives a picture, which decoding the last ones shows.
    case expected(ClosedRange<UInt64>)
    /// How many pictures there are shows once all packets are decoded.
    case unknown
}
