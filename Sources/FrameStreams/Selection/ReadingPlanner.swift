public import Buffers
public import ByteStreams
package import FrameFormat

/// Finds out where to read for what is selected, so that little else is read.
///
/// What comes out is what reading from the head gives: the same frames, numbers and times, and of
/// packets the same pictures. Where that is not certain, reading starts further back, at the head
/// in the end. Two things are taken as given: that times within a source grow, unless a gap says
/// otherwise; and that a census counts what decoding the packets gives.
public struct ReadingPlanner: Sendable {
    /// What is done with the frames.
    public struct Use: Hashable, Sendable {
        /// Whether packets are decoded.
        public var decodes: Bool
        /// Whether reading goes on as the stream grows.
        public var follows: Bool
        /// Whether anybody looks at the numbers of frames that were selected by time.
        public var needsNumbers: Bool

        /// Says what is done.
        public init(decodes: Bool, follows: Bool = false, needsNumbers: Bool = true) {
            self.decodes = decodes
            self.follows = follows
            self.needsNumbers = needsNumbers
        }
    }

    /// Packets behind one by how much codecs reorder, in either direction.
    static let reorderCount = UInt64(FrameLocator.reorderFrameCount)

    let use: Use
    let reader: any ByteStreamReader
    let pool: BufferPool
    var locator: FrameLocator
    /// The censuses of the stream as it was within some bounds.
    var known: (bounds: StreamBounds, census: StreamCensus)?

    /// Prepares to plan for a stream; nothing is read yet.
    public init(_ reader: any ByteStreamReader, for use: Use, pool: BufferPool) {
        self.use = use
        self.reader = reader
        self.pool = pool
        locator = FrameLocator(reader, pool: pool)
    }

    /// What to read for `selection`.
    ///
    /// - Throws: What the store says.
    public mutating func plan(_ selection: FrameSelection) async throws -> ReadingPlan {
        var plan = try await place(selection)
        plan.holdsPackets = try await holdsPackets(plan)
        return plan
    }

    /// What to read, whatever the frames are.
    private mutating func place(_ selection: FrameSelection) async throws -> ReadingPlan {
        guard selection.isPlace, try await locator.lastSequence() > 0 else {
            return try await wholePlan(selection)
        }
        if use.decodes, let numbers = selection.sequences {
            if try await isStoredPicture(numbers.lowerBound) {
                if !selection.isTimed { return try await recordPlan(selection) }
            } else if let plan = try await numberedPlan(selection, numbers) {
                return plan
            }
        }
        if try await firstPacket(selection) != nil { return try await packetPlan(selection) }
        if use.decodes, use.follows,
            try await locator.frame(atOrAfter: selection.sequences?.lowerBound ?? 1) == nil,
            try await anyPacket() != nil
        {
            // What is still to come may need packets that are there.
            return try await wholePlan(selection)
        }
        return try await recordPlan(selection)
    }

    /// What to read for `selection` where decoding can only start at the first packet that is left.
    public mutating func wholePlan(_ selection: FrameSelection) async throws -> ReadingPlan {
        guard use.decodes, try await reader.bounds().head.value > 0,
            let first = try await firstKeyframe(), try await header(first).codec != .raw
        else { return ReadingPlan(selection: selection) }
        let placed = try await censuses().placed(ofFrame: first.sequence)
        var start = try await decodeStart(at: first, numberBefore: first.sequence - 1)
        if let placed, let proved = try await decodeStart(at: first, in: placed) { start = proved }
        // There is nothing further back to start at, whatever comes out.
        start.firstTime = nil
        return ReadingPlan(
            spans: [.init(from: .record(first.offset, after: first.sequence - 1))],
            selection: selection,
            decodeStart: start
        )
    }

    /// Whether the frame with this number, or the first behind it, is stored as a picture.
    private mutating func isStoredPicture(_ sequence: UInt64) async throws -> Bool {
        guard let frame = try await locator.frame(atOrAfter: sequence) else { return false }
        return try await header(frame).codec == .raw
    }

    /// The first packet that matters, if frames are decoded and it is one.
    private mutating func firstPacket(_ selection: FrameSelection) async throws -> IndexedFrame? {
        guard use.decodes else { return nil }
        let number = selection.sequences?.lowerBound ?? 1
        guard let frame = try await locator.frame(atOrAfter: number),
            try await header(frame).codec != .raw
        else {
            guard selection.isTimed else { return nil }
            return try await anyPacket()
        }
        return frame
    }

    /// The first frame of the first source that has packets.
    mutating func anyPacket() async throws -> IndexedFrame? {
        for range in try await locator.sourceRanges() {
            guard let frame = try await locator.frame(atOrAfter: range.lowerBound) else { continue }
            if try await header(frame).codec != .raw { return frame }
        }
        return nil
    }

    /// The header of a frame.
    package func header(_ frame: IndexedFrame) async throws -> FrameHeader {
        try await self.frame(frame, payloads: .skip).header
    }

    /// A frame, with or without its payload.
    func frame(
        _ frame: IndexedFrame,
        payloads: FrameStreamReader.Payloads = .read
    ) async throws -> Frame {
        var records = FrameStreamReader(
            reader,
            pool: pool,
            from: .offset(frame.offset),
            payloads: payloads
        )
        while let item = try await records.next() {
            guard case .record(let stored) = item, case .frame(let found) = stored.record else {
                continue
            }
            return found
        }
        throw SelectionError(.damaged, "no frame behind offset \(frame.offset) can be read")
    }

    /// The first keyframe that is left.
    mutating func firstKeyframe() async throws -> IndexedFrame? {
        guard let first = try await locator.frame(atOrAfter: 1) else { return nil }
        let last = try await locator.lastSequence()
        var number = first.sequence
        while number <= last {
            let frames = try await locator.frames(number...number + Self.reorderCount)
            if let key = frames.first(where: { $0.flags.contains(.keyframe) }) { return key }
            number += Self.reorderCount + 1
        }
        return nil
    }
}

extension FrameSelection {
    /// Whether it says where in the stream the frames are.
    fileprivate var isPlace: Bool { sequences != nil || isTimed }

    /// Whether presentation times say where in the stream the frames are. The index knows no wall
    /// clock.
    var isTimed: Bool {
        [start, end, shownAt].contains { if case .media = $0 { true } else { false } }
    }
}

extension TimePoint {
    /// The presentation time, if it is one.
    var mediaTime: MediaTime? {
        if case .media(let time) = self { time } else { nil }
    }
}
