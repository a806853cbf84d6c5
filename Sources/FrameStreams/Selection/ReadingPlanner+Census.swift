internal import ByteStreams
internal import FrameFormat

/// Plans by the numbers of pictures, which a census of their source proves.
extension ReadingPlanner {
    /// The censuses of the stream, as it was when they were first asked for.
    mutating func censuses() async throws -> StreamCensus {
        let bounds = try await reader.bounds()
        if let known, known.bounds == bounds { return known.census }
        let census = try await StreamCensus.read(reader, pool: pool)
        known = (bounds, census)
        return census
    }

    /// The part of the stream that holds the pictures with these numbers; `nil` if no census says
    /// where the first of them is.
    mutating func numberedPlan(
        _ selection: FrameSelection,
        _ numbers: ClosedRange<UInt64>
    ) async throws -> ReadingPlan? {
        let censuses = try await censuses()
        guard let placed = censuses.placed(ofPicture: numbers.lowerBound) else {
            guard !use.follows, let count = censuses.pictureCount, numbers.lowerBound > count
            else { return nil }
            return ReadingPlan(spans: [], selection: selection)
        }
        guard let key = try await start(of: numbers, in: placed) else {
            // Packets that it needs were given up with the head.
            return try await wholePlan(selection)
        }
        guard try await isWhole(upToPicture: numbers.lowerBound, in: placed) else { return nil }
        var end: StreamOffset?
        if !use.follows, let last = censuses.placed(ofPicture: numbers.upperBound) {
            end = try await self.end(behind: last.lastFrame(for: numbers.upperBound))
        }
        return ReadingPlan(
            spans: [.init(from: .record(key.offset, after: key.sequence - 1), until: end)],
            selection: selection,
            decodeStart: try await decodeStart(at: key, in: placed)
        )
    }

    /// The last keyframe from which a picture comes out right, or the source's first packet; `nil`
    /// if that is not there.
    private mutating func start(
        of numbers: ClosedRange<UInt64>,
        in placed: PlacedCensus
    ) async throws -> IndexedFrame? {
        guard let before = placed.picturesBefore else { return nil }
        let wanted = numbers.lowerBound - before
        let last = numbers.upperBound - before
        let packet = placed.census.packet(ofPicture: wanted)
        var key = try await locator.keyframe(atOrBefore: placed.frame(ofPacket: packet))
        for _ in 0..<Self.keyframeCountMaximum {
            guard let found = key, found.sequence > placed.firstSequence else { break }
            guard let usable = try await startable(found, frame(found)) else { break }
            guard usable.sequence == found.sequence else {
                key = usable
                continue
            }
            let first = placed.census.firstPicture(
                from: placed.packet(ofFrame: found.sequence),
                try await groupStart(at: found)
            )
            if let first, first <= wanted, placed.census.isExact(from: first, through: last) {
                return found
            }
            key = try await locator.keyframe(atOrBefore: found.sequence - 1)
        }
        // Another source has a decoder of its own.
        let first = try await locator.frame(atOrAfter: placed.firstSequence)
        return first?.sequence == placed.firstSequence ? first : nil
    }

    /// What a keyframe begins. An open group without times is not started at: which of its pictures
    /// come out wrong cannot be told.
    private mutating func groupStart(at key: IndexedFrame) async throws -> GroupStart {
        let frame = try await frame(key)
        guard frame.header.sequence == key.sequence, frame.header.codec != .raw else {
            return .unknown
        }
        let start = GroupStart(frame)
        return start == .open && key.presentationTime == nil ? .unknown : start
    }

    /// Whether none of the source's packets that are left is missing up to that of a picture.
    private mutating func isWhole(
        upToPicture number: UInt64,
        in placed: PlacedCensus
    ) async throws -> Bool {
        guard try await locator.gapCount() > 0 else { return true }
        let packet = placed.census.packet(ofPicture: number - (placed.picturesBefore ?? 0))
        let last = placed.frame(ofPacket: packet)
        guard let first = try await locator.frame(atOrAfter: placed.firstSequence),
            first.sequence <= last
        else { return false }
        let range = first.sequence...last
        return try await locator.survey(range).frameCount == UInt64(range.count)
    }

    /// What decoding from a keyframe starts with, as the census has it.
    mutating func decodeStart(
        at key: IndexedFrame,
        in placed: PlacedCensus
    ) async throws -> DecodeStart? {
        guard let before = placed.picturesBefore else { return nil }
        let frame = try await frame(key)
        let packet = placed.packet(ofFrame: key.sequence)
        let kind = GroupStart(frame)
        let census = placed.census
        // Where nothing else is left, pictures are counted from the keyframe all the same.
        let first =
            packet == 1
            ? 1
            : census.firstPicture(from: packet, kind)
                ?? census.runs.pictures(beforePacket: packet) + 1
        var start = DecodeStart(
            sequence: before + first - 1,
            position: SourcePosition(
                sourceID: frame.header.position.sourceID,
                ordinal: first - 1
            )
        )
        guard packet > 1 else { return start }
        if kind == .open { start.dropsBefore = key.presentationTime }
        let shown = try await group(of: key).filter { frame in
            census.runs.pictures(ofPacket: placed.packet(ofFrame: frame.sequence)) > 0
        }
        if !shown.contains(where: { $0.presentationTime == nil }) {
            start.firstTime = shown.compactMap(\.presentationTime)
                .filter { time in start.dropsBefore.map { !time.isBefore($0) } ?? true }
                .min { $0.isBefore($1) }
        }
        return start
    }

    /// The numbers of the last `count` frames, as index and censuses have it.
    public mutating func lastNumbers(_ count: UInt64) async throws -> LastNumbers {
        precondition(count > 0, "a number of frames is positive")
        let total = try await locator.lastSequence()
        guard use.decodes, total > 0, try await anyPacket() != nil else {
            return .known((total > count ? total - count + 1 : 1)...UInt64.max)
        }
        let censuses = try await censuses()
        guard let pictures = censuses.pictureCount, let last = censuses.sources.last?.placed,
            count <= last.census.pictureCount || censuses.sources.allSatisfy({ $0.placed != nil })
        else { return .unknown }
        return .known((pictures > count ? pictures - count + 1 : 1)...UInt64.max)
    }
}

/// The numbers of the last frames of a stream.
public enum LastNumbers: Hashable, Sendable {
    /// They are these.
    case known(ClosedRange<UInt64>)
    /// How many pictures there are shows once all packets are decoded.
    case unknown
}

extension PlacedCensus {
    /// Packets behind the one that completes a count of pictures which are decoded with it.
    private static let delayCount = UInt64(FrameLocator.reorderFrameCount)
    /// How much longer it takes where packets are counted with pictures that others show.
    private static let repetitionFactor: UInt64 = 8

    /// The frame behind which no packet is needed for a picture of this number in the stream.
    fileprivate func lastFrame(for number: UInt64) -> UInt64 {
        let packet = census.packet(ofPicture: number - (picturesBefore ?? 0))
        let delay = Self.delayCount * (census.runs.hasMultiples ? Self.repetitionFactor : 1)
        return frame(ofPacket: min(packet + delay, census.packetCount))
    }
}
