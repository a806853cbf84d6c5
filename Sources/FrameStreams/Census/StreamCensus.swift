public import Buffers
public import ByteStreams
internal import FrameFormat

/// The censuses of a stream that fit its sources.
///
/// One that counts other packets than its source has is not believed: it is from before the source
/// went on, or the numbers of the stream were made anew since.
public struct StreamCensus: Sendable {
    /// A source and what is known about its pictures.
    public struct Source: Hashable, Sendable {
        /// The numbers of its frames in the stream.
        public var frames: ClosedRange<UInt64>
        /// Frames that are marked corrupt, as its end says.
        public var corruptFrameCount: UInt64
        /// Its census; `nil` without one.
        public var placed: PlacedCensus?
    }

    /// The sources, oldest first, without those that have no frames.
    public let sources: [Source]

    /// Reads what is behind the last frames of the sources.
    public static func read(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> StreamCensus {
        var locator = FrameLocator(reader, pool: pool)
        let last = try await locator.lastSequence()
        let listing = try await SourceListing.read(reader, marksOf: CensusMarks.key, pool: pool)
        return StreamCensus(listing, lastSequence: last)
    }

    /// Makes what is known of a stream's sources and marks.
    init(_ listing: SourceListing, lastSequence last: UInt64) {
        let placed = CensusMarks.censuses(in: listing.marks)
        let starts = listing.sources.map { $0.begin.totals.frameCount + 1 }
        let ends = starts.dropFirst().map { $0 - 1 } + [last]
        var sources: [Source] = zip(listing.sources, zip(starts, ends)).compactMap {
            source,
            range in
            guard range.0 <= range.1 else { return nil }
            let frames = range.0...range.1
            return Source(
                frames: frames,
                corruptFrameCount: source.end?.corruptFrameCount ?? 0,
                placed: placed.last { $0.frames == frames }
            )
        }
        let cutEnd = (starts.first ?? last + 1) - 1
        if cutEnd > 0 {
            // The head was given up behind the announcement of this one.
            let found = placed.last { $0.frames?.upperBound == cutEnd }
            let frames = found?.frames ?? 1...cutEnd
            sources.insert(
                Source(frames: frames, corruptFrameCount: 0, placed: found),
                at: 0
            )
        }
        self.sources = sources
    }

    /// Frames that are marked corrupt in sources whose census knows better.
    public var supersededCount: UInt64 {
        sources.reduce(0) { $0 + ($1.placed == nil ? 0 : $1.corruptFrameCount) }
    }

    /// Pictures that are damaged, of all sources with a census.
    public var corruptCount: UInt64 {
        sources.reduce(0) { $0 + ($1.placed?.census.corrupt.count ?? 0) }
    }

    /// Packets that the decoder refuses, of all sources with a census.
    public var refusedCount: UInt64 {
        sources.reduce(0) { $0 + ($1.placed?.census.refused.count ?? 0) }
    }

    /// Pictures that are made from damaged ones, of all sources with a census.
    public var restingCount: UInt64 {
        sources.reduce(0) { $0 + ($1.placed?.census.resting.count ?? 0) }
    }

    /// What of some packets did not decode when it was stored.
    public struct Losses: Hashable, Sendable {
        /// Packets that the decoder refuses.
        public var refusedCount: UInt64 = 0
        /// Pictures that are damaged.
        public var corruptCount: UInt64 = 0
        /// Pictures that are made from damaged ones.
        public var restingCount: UInt64 = 0
    }

    /// What did not decode of the packets with these numbers in the stream, as far as their sources
    /// have a census.
    public func losses(ofFrames numbers: ClosedRange<UInt64>) -> Losses {
        var losses = Losses()
        for source in sources where source.frames.overlaps(numbers) {
            guard let placed = source.placed else { continue }
            let frames = source.frames.clamped(to: numbers)
            let start = placed.packet(ofFrame: frames.lowerBound)
            let end = placed.packet(ofFrame: frames.upperBound)
            let census = placed.census
            let first = census.runs.pictures(beforePacket: start) + 1
            let last = census.runs.pictures(beforePacket: end + 1)
            losses.refusedCount += census.refused.count(in: start...end)
            guard first <= last else { continue }
            losses.corruptCount += census.corrupt.count(in: first...last)
            losses.restingCount += census.resting.count(in: first...last)
        }
        return losses
    }

    /// What did not decode when it was stored, with the number of the first frame or picture.
    public var damageNotes: [(sequence: UInt64, detail: String)] {
        sources.compactMap(\.placed).flatMap { placed in
            func notes(
                _ numbers: CensusRanges,
                from first: UInt64,
                _ what: String,
                _ others: String
            ) -> [(sequence: UInt64, detail: String)] {
                numbers.ranges.map { range in
                    let count = range.upperBound - range.lowerBound
                    let rest = count > 0 ? ", \(others) the \(count) behind it" : ""
                    return (sequence: first + range.lowerBound, detail: what + rest)
                }
            }
            let (packets, pictures) = (placed.frame(ofPacket: 1) - 1, placed.picturesBefore ?? 0)
            let picture = "the picture of this number"
            let census = placed.census
            return notes(census.refused, from: packets, "the packet does not decode", "nor do")
                + notes(
                    census.corrupt,
                    from: pictures,
                    "\(picture) decodes with errors",
                    "and so do"
                )
                + notes(census.resting, from: pictures, "\(picture) rests on damage", "and so do")
        }
    }

    /// The census of the source whose first frame has this number.
    public func census(beginningWithFrame sequence: UInt64) -> Census? {
        sources.first { $0.frames.lowerBound == sequence }?.placed?.census
    }

    /// The census of the source that has the frame with this number.
    func placed(ofFrame sequence: UInt64) -> PlacedCensus? {
        sources.first { $0.frames.contains(sequence) }?.placed
    }

    /// The census of the source that has the picture with this number.
    func placed(ofPicture number: UInt64) -> PlacedCensus? {
        sources.lazy.compactMap(\.placed).first { $0.pictures?.contains(number) ?? false }
    }

    /// Pictures of all sources; `nil` if the last one has no census that says how many there are
    /// before it.
    var pictureCount: UInt64? {
        guard let placed = sources.last?.placed, let before = placed.picturesBefore else {
            return nil
        }
        return before + placed.census.pictureCount
    }
}

extension PlacedCensus {
    /// The numbers of the source's pictures in the stream, if they are known and there are any.
    var pictures: ClosedRange<UInt64>? {
        guard let picturesBefore, census.pictureCount > 0 else { return nil }
        return picturesBefore + 1...picturesBefore + census.pictureCount
    }

    /// The number of a frame's packet within its source, from 1.
    func packet(ofFrame sequence: UInt64) -> UInt64 { sequence - firstSequence + 1 }

    /// The number in the stream of a packet's frame.
    func frame(ofPacket packet: UInt64) -> UInt64 { firstSequence + packet - 1 }

    /// The numbers of the source's frames in the stream; `nil` if there are none or they cannot be.
    fileprivate var frames: ClosedRange<UInt64>? {
        let (end, overflow) = firstSequence.addingReportingOverflow(census.packetCount)
        guard !overflow, census.packetCount > 0,
            picturesBefore ?? 0 <= CensusRuns.packetCountMaximum * 10
        else { return nil }
        return firstSequence...end - 1
    }
}
