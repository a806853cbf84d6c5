import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Pipelines
import Stages
import Synchronization
import Testing

/// A frame as a test compares it.
struct SeenFrame: Hashable, CustomStringConvertible {
    var sequence: UInt64
    var ordinal: UInt64
    var time: MediaTime?
    var checksum: CRC32C

    var description: String { "\(sequence) (\(ordinal)) at \(time?.value ?? -1), \(checksum)" }
}

/// Takes elements and keeps what a test compares of them.
final class SeenFrames: Sink {
    static let kind = "seen"
    private let seen = Mutex<[SeenFrame]>([])
    private let kept = Mutex<[Frame]>([])

    var frames: [SeenFrame] { seen.withLock { $0 } }
    var whole: [Frame] { kept.withLock { $0 } }

    private let keepsAll: Bool

    init(keepsAll: Bool = false) {
        self.keepsAll = keepsAll
    }

    func run(_ input: consuming FrameInput) async throws {
        while let element = try await input.next() {
            guard case .frame(let frame) = element else { continue }
            if keepsAll { kept.withLock { $0.append(frame) } }
            seen.withLock {
                $0.append(
                    SeenFrame(
                        sequence: frame.header.sequence,
                        ordinal: frame.header.position.ordinal,
                        time: frame.header.presentationTime?.time,
                        checksum: CRC32C(of: frame.payload.bytes)
                    )
                )
            }
        }
    }
}

/// Sends frames that are at hand.
struct FramesSource: Source {
    static let kind = "frames"
    let frames: [Frame]

    func run(_ output: consuming FrameOutput) async throws {
        for frame in frames { try await output.send(.frame(frame)) }
    }
}

/// A reader that counts what passes.
final class CountingReader: ByteStreamReader {
    /// Counts that several readers share.
    private final class Shared: Sendable {
        let counts = Mutex((reads: 0, bytes: 0))
    }

    private let open: @Sendable () async throws -> any ByteStreamReader
    private let reader: any ByteStreamReader
    private let shared: Shared

    convenience init(
        _ open: @escaping @Sendable () async throws -> any ByteStreamReader
    ) async throws {
        try await self.init(open, Shared())
    }

    private init(
        _ open: @escaping @Sendable () async throws -> any ByteStreamReader,
        _ shared: Shared
    ) async throws {
        self.open = open
        self.shared = shared
        reader = try await open()
    }

    /// Another one, whose counts go to the same.
    func another() async throws -> CountingReader { try await CountingReader(open, shared) }

    var readCount: Int { shared.counts.withLock { $0.reads } }
    var byteCount: Int { shared.counts.withLock { $0.bytes } }

    func reset() { shared.counts.withLock { $0 = (0, 0) } }

    func bounds() async throws(StreamError) -> StreamBounds { try await reader.bounds() }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        let chunk = try await reader.read(at: offset, upTo: byteCount)
        shared.counts.withLock { $0 = ($0.reads + 1, $0.bytes + (chunk?.byteCount ?? 0)) }
        return chunk
    }

    func stop() { reader.stop() }

    func close() async { await reader.close() }
}

/// A stream in memory, and reading it in one piece or here and there.
struct SeekStream {
    static let pool = BufferPool()

    let store = MemoryStreamStore()
    let name: StreamName

    init() throws {
        name = try #require(StreamName("stream"))
    }

    /// Pictures in which every pixel depends on the number and on its place.
    static func pictures(
        _ times: [Int64],
        _ timeBase: Rational,
        seed: Int = 0
    ) throws -> [Frame] {
        let (width, height) = (64, 48)
        let format = try #require(PixelFormat(name: "yuv420p"))
        let layout = try #require(format.layout)
        return times.enumerated().map { index, time in
            var header = FrameHeader(
                codec: .raw,
                width: UInt32(width),
                height: UInt32(height),
                pixelFormat: format
            )
            header.planes = layout.planes(width: header.width, height: header.height)
            header.flags = .keyframe
            header.presentationTime = StampedTime(
                MediaTime(value: time, timeBase: timeBase),
                provenance: .container
            )
            let bytes = (0..<width * height * 3 / 2).map { place in
                UInt8(truncatingIfNeeded: place / 5 * (index % 7 + 1) + index * 3 + seed)
            }
            return Frame(header: header, payload: pool.makeBuffer(copying: bytes.rawSpan))
        }
    }

    /// Packets of pictures.
    static func packets(
        of pictures: [Frame],
        codec: String,
        _ options: [(String, String)]
    ) async throws -> [Frame] {
        let container = try #require(VideoContainer(path: "a.mkv"))
        var encoding = Encode.Options(codec: try VideoCodec(codec), container: container)
        encoding.further = options.map { (name: $0.0, value: $0.1) }
        let seen = SeenFrames(keepsAll: true)
        let pipeline = Pipeline(
            name: "encode",
            source: FramesSource(frames: pictures),
            transforms: [Encode(encoding, pool: pool)],
            sink: seen
        )
        try await pipeline.run()
        return seen.whole.enumerated().map { index, packet in
            var packet = packet
            packet.header.fieldOrder = .progressive
            let number = UInt64(index) + 1
            packet.header.position = SourcePosition(sourceID: 0, ordinal: number, origin: number)
            return packet
        }
    }

    /// Appends frames as one source, with a census if they are packets.
    func append(
        _ frames: [Frame],
        gapBehind gapIndex: Int? = nil,
        takesCensus: Bool = true
    ) async throws {
        let bounds = try? await store.bounds(of: name)  // There may be no stream yet.
        var before: UInt64? = 0
        if (bounds?.tail ?? .zero) > .zero {
            let reader = try await reader()
            var locator = FrameLocator(reader, pool: Self.pool)
            before = try await StreamCensus.pictureCount(
                beforeFrame: try await locator.lastSequence() + 1,
                in: reader,
                pool: Self.pool
            )
        }
        let writer = try await FrameStreamWriter.open(name, in: store)
        let sourceID = try await writer.beginSource(
            name: "clip",
            fingerprint: SourceFingerprint(byteCount: 0, digest: []),
            selection: "all"
        )
        for (index, frame) in frames.enumerated() {
            var frame = frame
            let number = UInt64(index) + 1
            frame.header.position = SourcePosition(
                sourceID: sourceID,
                ordinal: number,
                origin: number
            )
            try await writer.append(frame)
            if index == gapIndex {
                try await writer.append(
                    Gap(reason: .overflow, position: frame.header.position)
                )
            }
        }
        if takesCensus, frames.first?.header.codec != .raw, let begin = await writer.sourceProgress
        {
            let census = try Self.census(of: frames, begin.begin.sourceID)
            let placed = PlacedCensus(
                firstSequence: begin.begin.totals.frameCount + 1,
                picturesBefore: before,
                census: census
            )
            for mark in try #require(CensusMarks.marks(of: placed)) {
                try await writer.append(mark)
            }
        }
        try await writer.endSource()
        try await writer.close()
    }

    /// What decoding the packets of a source gives.
    static func census(of frames: [Frame], _ sourceID: UInt64 = 1) throws -> Census {
        let decoder = CensusDecoder(pool: pool)
        for frame in frames {
            var frame = frame
            frame.header.position.sourceID = sourceID
            decoder.take(frame)
        }
        guard case .taken(let census) = decoder.finish() else {
            throw StageError(.badInput, "no census was taken")
        }
        return census
    }

    func reader() async throws -> CountingReader {
        try await CountingReader { [store, name] in try await store.openReader(for: name) }
    }

    /// Every frame as it comes out when all is read and decoded from the head.
    func allFrames() async throws -> [SeenFrame] {
        let plan = ReadingPlan(selection: FrameSelection())
        return try await frames(plan, try await reader())
    }

    /// What is selected, read as planned.
    func frames(
        _ selection: FrameSelection,
        _ reader: CountingReader,
        needsNumbers: Bool = true
    ) async throws -> [SeenFrame] {
        let use = ReadingPlanner.Use(decodes: true, needsNumbers: needsNumbers)
        var planner = ReadingPlanner(reader, for: use, pool: Self.pool)
        return try await frames(try await planner.plan(selection), reader)
    }

    func frames(_ plan: ReadingPlan, _ reader: CountingReader) async throws -> [SeenFrame] {
        let seen = SeenFrames()
        let pipeline = Pipeline(
            name: "read",
            source: StreamSource(
                opening: { try await reader.another() },
                plan.spans,
                pool: Self.pool
            ) { _ in },
            transforms: [
                Decode(Decode.Options(), from: plan.decodeStart, pool: Self.pool),
                Sample(plan.selection),
            ],
            sink: seen
        )
        try await pipeline.run()
        return seen.frames
    }
}
