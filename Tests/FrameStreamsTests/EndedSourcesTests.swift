import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("the ended sources of a stream")
struct EndedSourcesTests {
    /// Reads of an opening that asks for one source.
    private static func readCount(asking number: UInt64, in store: PieceStore) async throws -> Int {
        let before = store.readCount
        let writer = try await Samples.writer(store)
        #expect(try await SourceSamples.ask(number, writer) == ["clips/\(number).mp4"])
        let count = store.readCount - before
        try await writer.close()
        return count
    }

    @Test("of 100,000, one is found by few reads, also in an old stream")
    func many() async throws {
        // Without optimisation it takes a minute to write so many.
        #if DEBUG
            let count: UInt64 = 20_000
        #else
            let count: UInt64 = 100_000
        #endif
        let store = PieceStore()
        // A writer of a stream that it did not make, and that is not asked, lists nothing.
        try await SourceSamples.store(1...1, in: store)
        try await SourceSamples.store(2...count, in: store)
        #expect(try await SourceSamples.lists(in: store).isEmpty)
        // The first opening that asks goes over all of them, the others do not.
        #expect(try await Self.readCount(asking: 77, in: store) > count / 25)
        let lists = try await SourceSamples.lists(in: store)
        #expect(lists.count <= 192)
        for number in [1, 2, count / 2, count] {
            #expect(try await Self.readCount(asking: number, in: store) <= lists.count + 250)
        }
        let asked = [0, count + 1, 3, count - 1, count / 3]
        #expect(try await SourceSamples.found(asked, in: store) == [3, count - 1, count / 3])
    }

    @Test(
        "each is found again, however few an opening adds",
        arguments: [1, 5, 17, 300],
        [0, 3]
    )
    func openings(perOpening: UInt64, frameCount: UInt64) async throws {
        let store = PieceStore()
        let count = 40 * min(perOpening, 30)
        try await SourceSamples.store(
            1...count,
            in: store,
            perOpening: perOpening,
            frameCount: frameCount,
            asks: true
        )
        #expect(try await SourceSamples.found(0...count + 1, in: store) == Array(1...count))
        let (findings, result) = try await Samples.findings(store)
        #expect(result.isClean && findings.isEmpty, "\(findings)")
        let reader = try await store.openReader(for: Samples.name())
        let summary = try await FrameStreamSummary.read(reader, pool: Samples.pool)
        #expect(summary.sources.count == Int(count) && summary.sources.allSatisfy { $0.end != nil })
    }

    @Test("what lists them grows with the logarithm of their number, and so do the reads")
    func amortised() async throws {
        let store = PieceStore()
        try await SourceSamples.store(1...4096, in: store)
        let lists = try await SourceSamples.lists(in: store)
        let byteCount = lists.reduce(0) { $0 + $1.byteCount }
        #expect(lists.count <= 4096 / 16 && byteCount < 4096 * 200, "\(byteCount)")
        #expect(try await Self.readCount(asking: 9, in: store) <= 100)
    }

    @Test("where sources never end, an opening does not go over all of them")
    func interrupted() async throws {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        try await SourceSamples.add(1, to: writer)
        for number in 2...2000 as ClosedRange<UInt64> {
            try await SourceSamples.begin(number, writer)
        }
        try await writer.close()
        #expect(try await Self.readCount(asking: 1, in: store) <= 40)
        // One that is interrupted when its like are listed, and goes on, is found.
        let second = try await Samples.writer(store)
        #expect(try await SourceSamples.ask(2000, second).isEmpty)
        try await second.append(try Samples.frame(1, source: 2000))
        try await second.endSource(identity: SourceSamples.identity(2000))
        try await second.close()
        let third = try await Samples.writer(store)
        #expect(try await SourceSamples.ask(2000, third) == ["clips/2000.mp4"])
        #expect(try await SourceSamples.ask(1, third) == ["clips/1.mp4"])
        try await third.close()
    }

    @Test("an interrupted source that goes on behind the lists hides nothing")
    func resumed() async throws {
        let store = PieceStore()
        try await SourceSamples.store(1...1, in: store)
        let writer = try await Samples.writer(store)
        for number in 2...1000 as ClosedRange<UInt64> {
            try await SourceSamples.add(number, to: writer)
        }
        let source = try await SourceSamples.begin(1001, writer)
        try await writer.append(try Samples.frame(1, source: source))
        try await writer.close()
        let second = try await Samples.writer(store)
        #expect(try await SourceSamples.ask(500, second) == ["clips/500.mp4"])
        for ordinal in 2...200 as ClosedRange<UInt64> {
            try await second.append(try Samples.frame(ordinal, source: source))
        }
        try await second.close()
        #expect(try await Self.readCount(asking: 500, in: store) <= 300)
        let third = try await Samples.writer(store)
        try await third.endSource(
            content: SourceSamples.content(1001),
            identity: SourceSamples.identity(1001)
        )
        try await third.close()
        #expect(try await SourceSamples.found(999...1002, in: store) == [999, 1000, 1001])
    }

    @Test("the newest that answers is given, of each kind")
    func newest() async throws {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        let same = SourceSamples.identity(5)
        func add(_ name: String, _ content: SourceContent?, isOld: Bool = false) async throws {
            try await writer.beginSource(
                name: name,
                fingerprint: Samples.fingerprint,
                selection: "all",
                identity: isOld ? nil : same
            )
            try await writer.endSource(content: content, identity: isOld ? nil : same)
        }
        try await add("a", SourceSamples.content(1))
        try await add("old", nil, isOld: true)
        try await add("b", SourceSamples.content(1))
        try await add("c", SourceSamples.content(2))
        try await add("changed", nil)
        var query = SourceQuery(selection: "all", fingerprint: Samples.fingerprint)
        func names() async throws -> [String] {
            try await writer.endedSources(matching: query).map(\.begin.name)
        }
        #expect(try await names() == ["old", "c"])
        query.content = SourceSamples.content(1)
        #expect(try await names() == ["old", "b", "c"])
        query.identity = same
        #expect(try await names() == ["old", "b", "c", "changed"])
        query.selection = "none"
        #expect(try await names().isEmpty)
        // What is no file has no ends, and is never taken for another.
        query = SourceQuery(
            selection: "all",
            fingerprint: SourceFingerprint(byteCount: 0, digest: [])
        )
        #expect(try await names().isEmpty)
        try await writer.close()
    }
}
