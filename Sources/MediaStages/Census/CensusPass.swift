public import Buffers
public import ByteStreams
internal import FrameFormat
public import FrameStreams

/// Decodes the packets of a stream's sources that have no census, to take it.
public struct CensusPass {
    /// What became of a source that had none.
    public enum Outcome: Hashable, Sendable {
        /// It was taken, or is now known to stand behind so many pictures.
        case taken(PlacedCensus)
        /// It cannot be taken of the frames with these numbers; why.
        case failed(ClosedRange<UInt64>, String)
    }

    private let reader: any ByteStreamReader
    private let options: Decode.Options
    private let pool: BufferPool
    private var locator: FrameLocator
    /// Numbers of pictures that are taken so far; `nil` once that is not known.
    private var number: UInt64?
    private var outcomes: [Outcome] = []

    private init(_ reader: any ByteStreamReader, _ options: Decode.Options, pool: BufferPool) {
        self.reader = reader
        self.options = options
        self.pool = pool
        locator = FrameLocator(reader, pool: pool)
    }

    /// Takes what is missing; the stream stays as it is.
    public static func run(
        _ reader: any ByteStreamReader,
        options: Decode.Options = Decode.Options(),
        pool: BufferPool
    ) async throws -> [Outcome] {
        let censuses = try await StreamCensus.read(reader, pool: pool)
        var pass = CensusPass(reader, options, pool: pool)
        if censuses.sources.first?.frames.lowerBound == 1 { pass.number = 0 }
        for source in censuses.sources { try await pass.take(source) }
        return pass.outcomes
    }

    private mutating func take(_ source: StreamCensus.Source) async throws {
        if var placed = source.placed {
            if placed.picturesBefore == nil, let number {
                placed.picturesBefore = number
                outcomes.append(.taken(placed))
            }
            number = placed.picturesBefore.map { $0 + placed.census.pictureCount }
            return
        }
        guard let first = try await locator.frame(atOrAfter: source.frames.lowerBound),
            source.frames.contains(first.sequence)
        else {
            number = nil
            return
        }
        let planner = ReadingPlanner(reader, for: .init(decodes: true), pool: pool)
        guard try await planner.header(first).codec != .raw else {
            // Stored pictures keep their numbers.
            number = number.map { max($0, source.frames.upperBound) }
            return
        }
        switch try await decode(source.frames, from: first) {
        case .taken(let census):
            let placed = PlacedCensus(
                firstSequence: source.frames.lowerBound,
                picturesBefore: number,
                census: census
            )
            outcomes.append(.taken(placed))
            number = number.map { $0 + census.pictureCount }
        case .failed(let reason):
            outcomes.append(.failed(source.frames, reason))
            number = nil
        }
    }

    private func decode(
        _ frames: ClosedRange<UInt64>,
        from first: IndexedFrame
    ) async throws -> CensusDecoder.Outcome {
        guard first.sequence == frames.lowerBound else {
            return .failed("its first packets were given up with the head of the stream")
        }
        let decoder = CensusDecoder(options, pool: pool)
        var last = first.sequence - 1
        var records = FrameStreamReader(
            reader,
            pool: pool,
            from: .record(first.offset, after: last)
        )
        while last < frames.upperBound, let item = try await records.next() {
            guard case .record(let stored) = item, case .frame(let frame) = stored.record else {
                continue
            }
            guard frame.header.sequence == last + 1 else { break }
            last += 1
            decoder.take(frame)
        }
        guard last == frames.upperBound else {
            return .failed("frame \(last + 1) is damaged or missing")
        }
        return decoder.finish()
    }
}
