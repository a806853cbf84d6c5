import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("FrameStreamReader")
struct FrameStreamReaderTests {
    /// Seven frames and a gap; with 56 marks there is an index record among them.
    private func smallStream(markCount: Int = 0) async throws -> (PieceStore, [StreamItem]) {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        let source = try await writer.beginSource(
            name: "a",
            fingerprint: Samples.fingerprint,
            selection: "s"
        )
        for ordinal in 1...6 as ClosedRange<UInt64> {
            try await writer.append(try Samples.frame(ordinal, source: source))
            if ordinal == 3 { try await writer.append(Samples.gap(after: 3, source: source)) }
        }
        for _ in 0..<markCount { try await writer.append(Mark(key: "k", value: "")) }
        try await writer.append(try Samples.frame(7, source: source))
        try await writer.endSource()
        try await writer.close()
        return (store, try await Samples.items(store))
    }

    @Test("any flipped byte costs the record it is in and no other, and is found")
    func everyFlip() async throws {
        let (store, whole) = try await smallStream()
        try await flip(0..<store.durable, of: store, whole)
    }

    @Test("any flipped byte of an index record costs that record and no other, and is found")
    func everyFlipOfIndex() async throws {
        let (store, whole) = try await smallStream(markCount: 56)
        let index = try #require(
            whole.stored.first { if case .index = $0.record { true } else { false } }
        )
        try await flip(index.offset..<index.offset + index.byteCount, of: store, whole)
    }

    private func flip(
        _ offsets: Range<UInt64>,
        of store: PieceStore,
        _ whole: [StreamItem]
    ) async throws {
        let records = whole.stored
        for offset in offsets {
            store.flip(offset)
            let damaged = try #require(
                records.first { $0.offset <= offset && offset < $0.offset + $0.byteCount }
            )
            let items = try await Samples.items(store)
            #expect(items.stored == records.filter { $0 != damaged }, "byte \(offset)")
            #expect(items.faults.count == 1, "byte \(offset)")
            guard case .record(let fault) = items.faults.first else {
                Issue.record("byte \(offset): \(items.faults)")
                continue
            }
            #expect(fault.range.contains(offset))
            if case .frame(let frame) = damaged.record {
                #expect(fault.sequence == frame.header.sequence, "byte \(offset)")
                #expect(items.missing.map(\.first) == [frame.header.sequence])
                #expect(items.missing.map(\.last) == [frame.header.sequence])
            } else {
                #expect(items.missing.isEmpty, "byte \(offset)")
            }
            let (findings, result) = try await Samples.findings(store)
            #expect(!result.isClean)
            #expect(
                findings.contains {
                    $0.severity == .damage && $0.offset == damaged.offset && $0.recordNumber != nil
                },
                "byte \(offset): \(findings)"
            )
        }
    }

    @Test("a writer goes on behind any flipped byte with the right number", arguments: [0, 56])
    func reopenDamaged(markCount: Int) async throws {
        let (store, _) = try await smallStream(markCount: markCount)
        let end = store.durable
        for offset in stride(from: 0, to: end, by: markCount == 0 ? 1 : 29) {
            store.flip(offset)
            store.cut(at: end)
            let writer = try await Samples.writer(store)
            let sequence = try await writer.append(try Samples.frame(8, source: 1))
            #expect(sequence == 8, "byte \(offset)")
            try await writer.close()
            store.flip(nil)
            let items = try await Samples.items(store)
            #expect(items.frames.count == 8 && items.faults.isEmpty, "byte \(offset)")
        }
    }

    @Test("a head anywhere in a record is no damage: reading starts at the next record")
    func truncatedHead() async throws {
        let (store, whole) = try await smallStream()
        let name = try Samples.name()
        for offset in 1..<whole.stored[9].offset {
            try await store.truncateStream(name, before: StreamOffset(offset))
            let rest = whole.filter {
                if case .record(let stored) = $0 { stored.offset >= offset } else { true }
            }
            #expect(try await Samples.items(store) == rest, "head \(offset)")
        }
        let writer = try await Samples.writer(store)
        #expect(try await writer.append(try Samples.frame(8, source: 1)) == 8)
        try await writer.close()
        #expect(try await Samples.findings(store).1.isClean)
    }

    @Test("without payloads the same records are found")
    func skippedPayloads() async throws {
        let (store, whole) = try await smallStream()
        let skipped = try await Samples.items(store, payloads: .skip)
        #expect(skipped.stored.map(\.offset) == whole.stored.map(\.offset))
        #expect(skipped.stored.map(\.place) == whole.stored.map(\.place))
        #expect(skipped.frames.map(\.header) == whole.frames.map(\.header))
        #expect(skipped.frames.allSatisfy { $0.payload.byteCount == 0 })
        store.flip(whole.stored[2].offset + 3)
        let damaged = try await Samples.items(store, payloads: .skip)
        #expect(
            damaged.stored.map(\.offset) + [whole.stored[2].offset]
                == whole.stored.map(\.offset).filter { $0 != whole.stored[2].offset }
                + [whole.stored[2].offset]
        )
        #expect(damaged.missing.map(\.first) == [2])
    }

    @Test("bytes that the store doubts are kept where the records pass, and said")
    func doubtedBytes() async throws {
        let (store, whole) = try await smallStream()
        store.doubt(0..<10)
        let items = try await Samples.items(store)
        #expect(items.stored == whole.stored)
        guard case .store(let range, "doubted") = try #require(items.faults.first) else {
            Issue.record("\(items.faults)")
            return
        }
        #expect(range.contains(0) && items.faults.count == 1)
        #expect(try await !Samples.findings(store).1.isClean)
    }

    @Test(
        "a follower gets every record while it is written, and ends when the stream is sealed",
        arguments: [false, true]
    )
    func follow(skipsPayloads: Bool) async throws {
        let store = PieceStore(appendByteCountMaximum: 3000)
        let bytes = try await store.openReader(for: try Samples.name())
        let sequences = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            group.addTask {
                var reader = FrameStreamReader(
                    bytes,
                    pool: Samples.pool,
                    follow: true,
                    payloads: skipsPayloads ? .skip : .read
                )
                var sequences: [UInt64] = []
                while let item = try await reader.next() {
                    guard case .record(let stored) = item else {
                        Issue.record("\(item)")
                        continue
                    }
                    if case .frame = stored.record { sequences.append(stored.place.sequence) }
                }
                return sequences
            }
            let writer = try await Samples.writer(store)
            for ordinal in 1...150 as ClosedRange<UInt64> {
                try await writer.append(
                    try Samples.frame(ordinal, byteCount: ordinal % 10 == 0 ? 70_000 : 30)
                )
                if ordinal % 7 == 0 { try await writer.flush() }
            }
            try await writer.close()
            try await store.sealStream(try Samples.name())
            return try await group.next() ?? []
        }
        #expect(sequences == Array(1...150))
    }
}
