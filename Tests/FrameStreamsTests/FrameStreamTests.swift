import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("frames in streams")
struct FrameStreamTests {
    private static let pool = BufferPool()

    private static func name() throws -> StreamName { try #require(StreamName("s")) }

    private static func frame(_ number: UInt64, byteCount: Int) -> Frame {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: UInt64($0) &* 31 &+ number) }
        var header = FrameHeader(
            codec: .raw,
            width: UInt32(byteCount),
            height: 1,
            pixelFormat: PixelFormat(name: "gray")
        )
        header.planes = [PlaneLayout(offset: 0, rowByteCount: UInt32(byteCount), rowCount: 1)]
        header.flags = [.keyframe]
        header.position = SourcePosition(sourceID: 1, ordinal: number, origin: number)
        header.presentationTime = StampedTime(
            MediaTime(value: Int64(number), timeBase: Rational(1, 25)),
            provenance: .container
        )
        return Frame(
            header: header,
            payload: pool.makeBuffer(copying: bytes.rawSpan)
        )
    }

    /// A stream with `count` frames in two sittings, one gap, and one source that ends.
    private static func makeStream(_ store: any StreamStore, count: UInt64) async throws {
        var options = FrameStreamWriter.Options()
        options.pool = pool
        let half = count / 2
        for range in [1...half, (half + 1)...count] {
            let writer = try await FrameStreamWriter.open(name(), in: store, options: options)
            if range.lowerBound == 1 {
                _ = try await writer.beginSource(
                    name: "clip",
                    fingerprint: SourceFingerprint(
                        byteCount: 1,
                        digest: Array(repeating: 1, count: 32)
                    ),
                    selection: "all"
                )
            } else {
                let progress = try #require(await writer.sourceProgress)
                #expect(progress.lastOrdinal == half)
                #expect(!progress.isEnded)
            }
            for number in range {
                let size = number.isMultiple(of: 3) ? 6000 : 40
                #expect(try await writer.append(frame(number, byteCount: size)) == number)
            }
            if range.upperBound == count {
                try await writer.append(
                    Gap(reason: .undecodable, position: SourcePosition(sourceID: 1, ordinal: count))
                )
                try await writer.endSource()
            }
            try await writer.close()
        }
    }

    private static func frames(
        _ store: any StreamStore,
        from start: FrameStreamReader.Start = .head
    ) async throws -> [Frame] {
        var reader = FrameStreamReader(
            try await store.openReader(for: name()),
            pool: pool,
            from: start
        )
        var frames: [Frame] = []
        while let item = try await reader.next() {
            if case .record(let stored) = item, case .frame(let frame) = stored.record {
                frames.append(frame)
            }
        }
        return frames
    }

    @Test("frames come back, numbered without a hole over two sittings")
    func roundTrip() async throws {
        let store = MemoryStreamStore()
        try await Self.makeStream(store, count: 600)
        let frames = try await Self.frames(store)
        #expect(frames.map(\.header.sequence) == Array(1...600))
        for frame in frames {
            let number = frame.header.sequence
            let written = Self.frame(number, byteCount: number.isMultiple(of: 3) ? 6000 : 40)
            #expect(frame.payload == written.payload)
            #expect(frame.header.presentationTime == written.header.presentationTime)
        }
    }

    @Test(
        "any frame is found by its number and by its time",
        arguments: [1, 2, 255, 256, 257, 600]
    )
    func locate(number: UInt64) async throws {
        let store = MemoryStreamStore()
        try await Self.makeStream(store, count: 600)
        let reader = try await store.openReader(for: Self.name())
        var locator = FrameLocator(reader, pool: Self.pool)
        let byNumber = try #require(try await locator.locate(sequence: number))
        let first = try await Self.frames(store, from: .offset(byNumber.offset)).first
        #expect(first?.header.sequence == byNumber.sequence)
        #expect(byNumber.sequence <= number)
        let time = MediaTime(value: Int64(number), timeBase: Rational(1, 25))
        let byTime = try #require(try await locator.locate(presentationTime: time))
        #expect(byTime.sequence <= number)
    }

    @Test("a summary says what there is, and an ended source is recognised")
    func summary() async throws {
        let store = MemoryStreamStore()
        try await Self.makeStream(store, count: 300)
        let summary = try await FrameStreamSummary.read(
            try await store.openReader(for: Self.name()),
            pool: Self.pool
        )
        #expect(summary.totals.frameCount == 300)
        #expect(summary.totals.gapCount == 1)
        #expect(summary.lastFrame?.sequence == 300)
        #expect(summary.sources.first?.end?.frameCount == 300)
        let writer = try await FrameStreamWriter.open(Self.name(), in: store, options: .init())
        let query = SourceQuery(
            selection: "all",
            fingerprint: summary.sources.first?.begin.fingerprint
        )
        let ended = try await writer.endedSources(matching: query)
        #expect(ended.count == 1)
        try await writer.close()
    }

    @Test("a sound stream verifies, and its gap is listed")
    func verify() async throws {
        let store = MemoryStreamStore()
        try await Self.makeStream(store, count: 300)
        let reader = try await store.openReader(for: Self.name())
        var verifier = try await FrameStreamVerifier(
            Self.name(),
            in: store,
            through: reader,
            pool: Self.pool
        )
        var findings: [FrameStreamVerifier.Finding] = []
        while let finding = try await verifier.next() { findings.append(finding) }
        #expect(verifier.result.isClean)
        #expect(verifier.result.gapCount == 1)
        #expect(findings.count == 1)
    }
}
