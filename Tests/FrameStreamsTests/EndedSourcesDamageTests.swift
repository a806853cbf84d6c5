import ByteStreams
import FrameFormat
import FrameStreams
import Synchronization
import Testing

@Suite("lists of ended sources that are damaged, cut off or copied")
struct EndedSourcesDamageTests {
    private static let count: UInt64 = 600

    private static func stream() async throws -> (PieceStore, [StoredRecord]) {
        let store = PieceStore()
        try await SourceSamples.store(
            1...count,
            in: store,
            perOpening: 120,
            frameCount: 1,
            asks: true
        )
        return (store, try await SourceSamples.lists(in: store))
    }

    private static func expectAll(_ store: PieceStore) async throws {
        #expect(try await SourceSamples.found(0...count + 1, in: store) == Array(1...count))
    }

    @Test("a damaged list is replaced by what the records say", arguments: [0, 1, 2, 3])
    func damaged(fromEnd: Int) async throws {
        let (store, lists) = try await Self.stream()
        let list = lists[lists.count - 1 - fromEnd]
        store.flip(list.offset + list.byteCount / 2)
        try await Self.expectAll(store)
        let before = store.readCount
        try await Self.expectAll(store)
        // Only asking takes reads now, about six for each source by its two grounds.
        #expect(store.readCount - before < Int(Self.count) * 7)
    }

    @Test("a list that was lost with the tail is not missed", arguments: [0, 1, 2, 3])
    func tail(fromEnd: Int) async throws {
        let (store, lists) = try await Self.stream()
        store.cut(at: lists[lists.count - 1 - fromEnd].offset + 5)
        let ended = try await Samples.items(store).stored.compactMap {
            if case .sourceEnd(let end) = $0.record { end.sourceID } else { nil }
        }
        #expect(try await SourceSamples.found(0...Self.count + 1, in: store) == ended)
    }

    @Test("damage between the records costs no source but those that it hits")
    func damage() async throws {
        let (store, _) = try await Self.stream()
        let records = try await Samples.items(store).stored
        let end = try #require(
            records.first {
                if case .sourceEnd(let end) = $0.record { end.sourceID == 595 } else { false }
            }
        )
        store.flip(end.offset + end.byteCount / 2)
        let expected = Array(1...Self.count).filter { $0 != 595 }
        #expect(try await SourceSamples.found(0...Self.count, in: store) == expected)
        #expect(try await SourceSamples.found(0...Self.count, in: store) == expected)
    }

    @Test(
        "sources below the head are gone, and those above it are found",
        arguments: [3, 300, 590]
    )
    func head(first: UInt64) async throws {
        let (store, _) = try await Self.stream()
        let records = try await Samples.items(store).stored
        let begin = try #require(
            records.first {
                guard case .sourceBegin(let begin) = $0.record else { return false }
                return begin.sourceID == first
            }
        )
        // Of the first one, only what announces it.
        let head = StreamOffset(begin.offset + begin.byteCount)
        try await store.truncateStream(Samples.name(), before: head)
        #expect(
            try await SourceSamples.found(0...Self.count, in: store)
                == Array(first + 1...Self.count)
        )
    }

    @Test("a copy has lists of its own, and goes on where it was interrupted")
    func copied() async throws {
        let (store, _) = try await Self.stream()
        let target = PieceStore()
        for limit in [40, 900, Int.max] {
            let writer = try await Samples.writer(target, salt: 77)
            var held = FrameStreamReader(
                try await target.openReader(for: Samples.name()),
                pool: Samples.pool,
                payloads: .skip
            )
            let source = FrameStreamReader(
                try await store.openReader(for: Samples.name()),
                pool: Samples.pool
            )
            var copy = FrameStreamCopy(source, to: writer)
            let count = Atomic(0)
            _ = try await copy.run(
                behind: &held,
                isStopped: { count.add(1, ordering: .relaxed).oldValue >= limit },
                onFault: { _ in },
                report: { _ in }
            )
            try await writer.close()
        }
        try await Self.expectAll(target)
        #expect(try await Samples.findings(target).1.isClean)
        let copied = try await Samples.items(target).stored.count { !$0.isList }
        #expect(copied == (try await Samples.items(store).stored.count { !$0.isList }))
    }

    @Test("lists that an older copy took over are not believed")
    func foreign() async throws {
        let (_, lists) = try await Self.stream()
        let target = PieceStore()
        // One is there already, so that the writer does not make lists of its own.
        var writer = try await Samples.writer(target, salt: 78)
        try await SourceSamples.add(9_000_000, to: writer)
        try await writer.close()
        writer = try await Samples.writer(target)
        for number in 1...Self.count { try await SourceSamples.add(number, to: writer) }
        for case .mark(let mark) in lists.map(\.record) { try await writer.append(mark) }
        try await writer.close()
        #expect(try await SourceSamples.lists(in: target).count == lists.count)
        try await Self.expectAll(target)
    }

    @Test("a salvaged stream has lists of its own")
    func salvaged() async throws {
        let (store, _) = try await Self.stream()
        let target = PieceStore()
        let writer = try await Samples.writer(target, salt: 79)
        var salvage = FrameStreamSalvage(
            try await store.openReader(for: Samples.name()),
            to: writer,
            pool: Samples.pool
        )
        _ = try await salvage.run(isStopped: { false }, onLoss: { _ in }, report: { _ in })
        try await writer.close()
        try await salvage.check(Samples.name(), in: target)
        try await Self.expectAll(target)
    }

    @Test("an index that is made anew leads to the lists as well")
    func indexAnew() async throws {
        let (store, _) = try await Self.stream()
        let writer = try await Samples.writer(store)
        _ = try await writer.appendIndexAnew()
        try await writer.close()
        let before = store.readCount
        let second = try await Samples.writer(store)
        #expect(try await SourceSamples.ask(300, second) == ["clips/300.mp4"])
        #expect(store.readCount - before < 200)
        try await second.close()
        #expect(try await Samples.findings(store).1.isClean)
    }
}

extension StoredRecord {
    /// Whether it only says where other records are.
    fileprivate var isList: Bool {
        switch record {
        case .index: true
        case .mark(let mark): mark.key == "ended-sources"
        case .frame, .gap, .sourceBegin, .sourceEnd: false
        }
    }
}
