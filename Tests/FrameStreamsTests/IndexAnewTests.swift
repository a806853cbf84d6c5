import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("an index that is made anew", .serialized)
struct IndexAnewTests {
    private static let frameCount: UInt64 = 1000

    private static func stream() async throws -> (PieceStore, [StoredRecord]) {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        for source: UInt64 in 1...2 {
            try await writer.beginSource(
                name: "clip",
                fingerprint: Samples.fingerprint,
                selection: "all"
            )
            for ordinal in 1...frameCount / 2 {
                let flags: FrameFlags = ordinal % 30 == 1 ? .keyframe : []
                try await writer.append(
                    try Samples.frame(ordinal, source: source, byteCount: 9, flags: flags)
                )
                if ordinal == 50 { try await writer.append(Samples.gap(after: 50, source: source)) }
            }
            if source == 1 { try await writer.endSource() }
        }
        try await writer.close()
        return (store, try await Samples.items(store).stored)
    }

    private static func proof(_ store: PieceStore) async throws -> IndexProof {
        try await IndexProof.make(
            try await store.openReader(for: Samples.name()),
            pool: Samples.pool
        )
    }

    private static func expectFound(_ store: PieceStore, upTo last: UInt64) async throws {
        var locator = FrameLocator(
            try await store.openReader(for: Samples.name()),
            pool: Samples.pool
        )
        let frames = try await Samples.items(store).stored.filter {
            if case .frame = $0.record { true } else { false }
        }
        for sequence in stride(from: 1, through: last, by: 97) {
            let before = store.readCount
            let place = try await locator.locate(sequence: sequence)
            #expect(place?.offset.value == frames.first { $0.place.sequence == sequence }?.offset)
            #expect(store.readCount - before <= 100)
        }
        #expect(try await locator.locateKeyframe(atOrBefore: 500)?.sequence == 481)
        let survey = try await locator.survey(1...last)
        #expect(survey.frameCount == last && survey.gapCount == 2)
    }

    @Test("is not needed where index and records agree")
    func equal() async throws {
        let (store, _) = try await Self.stream()
        let proof = try await Self.proof(store)
        #expect(proof.fault == nil && proof.entryCount > 900)
        #expect(proof.entryCount == proof.recordCount && proof.indexCount == 15)
    }

    @Test("replaces a damaged one, and the writer goes on behind it", arguments: [0, 6, 14])
    func replaces(index: Int) async throws {
        let (store, records) = try await Self.stream()
        let indexes = records.filter { if case .index = $0.record { true } else { false } }
        let damaged = indexes[index]
        store.flip(damaged.offset + damaged.byteCount / 2)
        #expect(try await Self.proof(store).fault != nil)
        var writer = try await Samples.writer(store)
        let progress = await writer.sourceProgress
        #expect(try await writer.appendIndexAnew() == 16)
        try await writer.close()
        #expect(try await Self.proof(store).fault == nil)
        try await Self.expectFound(store, upTo: Self.frameCount)
        // What a writer learns from it is what it knew before.
        writer = try await Samples.writer(store)
        #expect(await writer.sourceProgress == progress)
        #expect(await writer.totals.frameCount == Self.frameCount)
        for ordinal in Self.frameCount / 2 + 1...Self.frameCount {
            try await writer.append(try Samples.frame(ordinal, source: 2, byteCount: 9))
        }
        try await writer.endSource()
        try await writer.close()
        #expect(try await Self.proof(store).fault == nil)
        try await Self.expectFound(store, upTo: Self.frameCount * 3 / 2)
        let (findings, _) = try await Samples.findings(store)
        #expect(findings.count { $0.severity == .damage } == 1, "\(findings)")
        // The same without the damage, which is in front of the new index.
        store.flip(nil)
        let (clean, result) = try await Samples.findings(store)
        #expect(result.isClean, "\(clean)")
    }

    @Test("is checked against the records")
    func checked() async throws {
        let (store, records) = try await Self.stream()
        let writer = try await Samples.writer(store)
        _ = try await writer.appendIndexAnew()
        try await writer.close()
        // A frame that is lost afterwards is damage, and the index is not blamed.
        let frame = try #require(records.first { $0.place.sequence == 300 })
        store.flip(frame.offset + 4)
        let (findings, _) = try await Samples.findings(store)
        let damage = findings.filter { $0.severity == .damage }
        #expect(damage.count == 2 && damage.allSatisfy { $0.sequence == 300 }, "\(damage)")
        let proof = try await Self.proof(store)
        #expect(proof.fault == nil && proof.damageCount == 1 && proof.lostCount == 1)
    }
}
