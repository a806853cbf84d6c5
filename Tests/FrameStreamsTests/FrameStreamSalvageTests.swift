import Buffers
import ByteStreams
import FileStreams
import Foundation
import FrameFormat
import FrameStreams
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("a stream made out of a damaged one", .serialized)
struct FrameStreamSalvageTests {
    private static let frameCount: UInt64 = 300

    /// What came of it.
    private struct Rescue {
        var outcome: FrameStreamSalvage.Outcome
        var losses: [FrameStreamSalvage.Loss]
        var target: MemoryStreamStore
        var items: [StreamItem]
    }

    private static func store(_ directory: URL) -> FileStreamStore {
        var options = FileStreamStore.Options()
        options.segmentByteCount = 64 << 10
        options.usesDirectIO = false
        return FileStreamStore(
            directory: FilePath(directory.path),
            pool: Samples.pool,
            options: options
        )
    }

    /// Two sources, with a gap and a mark between frames, over some segments.
    private static func write(_ store: any StreamStore) async throws -> [StoredRecord] {
        let writer = try await Samples.writer(store)
        for source: UInt64 in 1...2 {
            let id = try await writer.beginSource(
                name: "clip \(source)",
                fingerprint: Samples.fingerprint,
                selection: "all"
            )
            for ordinal in 1...frameCount / 2 {
                try await writer.append(
                    try Samples.frame(ordinal, source: id, byteCount: 700, flags: .keyframe)
                )
                if ordinal == 70 { try await writer.append(Samples.gap(after: 70, source: id)) }
                if ordinal == 80 { try await writer.append(Mark(key: "note", value: "\(id)")) }
                if ordinal.isMultiple(of: 5) { try await writer.flush() }
            }
            try await writer.endSource()
        }
        try await writer.close()
        return try await Samples.items(store).stored
    }

    private static func rescue(_ store: any StreamStore) async throws -> Rescue {
        let target = MemoryStreamStore()
        let writer = try await Samples.writer(target)
        let losses = Mutex<[FrameStreamSalvage.Loss]>([])
        let reader = try await store.openReader(for: Samples.name())
        var salvage = FrameStreamSalvage(reader, to: writer, pool: Samples.pool)
        let outcome = try await salvage.run(
            isStopped: { false },
            onLoss: { loss in losses.withLock { $0.append(loss) } },
            report: { _ in }
        )
        try await writer.close()
        try await salvage.check(Samples.name(), in: target)
        if outcome.head > .zero {
            try await target.truncateStream(Samples.name(), before: outcome.head)
        }
        return Rescue(
            outcome: outcome,
            losses: losses.withLock { $0 },
            target: target,
            items: try await Samples.items(target)
        )
    }

    /// What of a frame stays the same in another stream.
    private static func content(_ frame: Frame) -> Frame {
        var frame = frame
        frame.header.writerEpoch = 0
        return frame
    }

    /// Checks a rescue against what the damaged stream still gives.
    private static func expectWhole(_ rescue: Rescue, of damaged: any StreamStore) async throws {
        let left = try await Samples.items(damaged)
        #expect(rescue.items.faults.isEmpty && rescue.items.missing.isEmpty)
        #expect((rescue.items.frames.map(content) == left.frames.map(content)))
        #expect(rescue.outcome.frameCount == UInt64(left.frames.count))
        let missing = left.missing.reduce(0) { $0 + $1.last - $1.first + 1 }
        #expect(rescue.outcome.lostFrameCount == missing)
        let (findings, _) = try await Samples.findings(rescue.target)
        #expect(!findings.contains { $0.severity == .damage }, "\(findings)")
        var locator = FrameLocator(
            try await rescue.target.openReader(for: Samples.name()),
            pool: Samples.pool
        )
        for frame in left.frames {
            let sequence = frame.header.sequence
            #expect(try await locator.locate(sequence: sequence)?.sequence == sequence)
        }
    }

    private static func segments(_ folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appendingPathComponent("stream"),
            includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "segment" }.sorted { $0.path < $1.path }
    }

    @Test("is the same where nothing is damaged")
    func undamaged() async throws {
        let store = MemoryStreamStore()
        let whole = try await Self.write(store)
        let rescue = try await Self.rescue(store)
        #expect(rescue.losses.isEmpty && rescue.outcome.lossCount == 0)
        try await Self.expectWhole(rescue, of: store)
        #expect(rescue.items.stored.map(\.place.sequence) == whole.map(\.place.sequence))
        let progress = rescue.items.stored.filter {
            if case .sourceEnd = $0.record { true } else { false }
        }
        #expect(progress.count == 2)
    }

    @Test("has every sound frame under its number, whatever bytes are wrong")
    func flipped() async throws {
        try await withTemporaryDirectory { folder in
            let store = Self.store(folder)
            _ = try await Self.write(store)
            let whole = try Self.segments(folder).map { ($0, try Data(contentsOf: $0)) }
            try #require(whole.count > 3)
            var generator = SeededGenerator(seed: 11)
            for _ in 0..<8 {
                for (file, bytes) in whole {
                    var damaged = bytes
                    for _ in 0..<Int.random(in: 0...3, using: &generator) {
                        let place = Int.random(in: 8192..<bytes.count, using: &generator)
                        damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                    }
                    try damaged.write(to: file)
                }
                try await Self.expectWhole(try await Self.rescue(store), of: store)
            }
        }
    }

    @Test("does without a missing segment", arguments: [0, 1, 2])
    func missingSegment(index: Int) async throws {
        try await withTemporaryDirectory { folder in
            let store = Self.store(folder)
            _ = try await Self.write(store)
            try FileManager.default.removeItem(at: try Self.segments(folder)[index])
            let rescue = try await Self.rescue(store)
            try await Self.expectWhole(rescue, of: store)
            #expect(rescue.outcome.lostFrameCount > 10 && rescue.losses.count == 1)
            #expect(rescue.losses.first?.offsets != nil)
            // The source whose announcement is lost is announced again, and ends.
            let begins = rescue.items.stored.compactMap {
                if case .sourceBegin(let begin) = $0.record { begin.sourceID } else { nil }
            }
            #expect(begins == (index == 0 ? [2] : [1, 2]))
        }
    }

    @Test("starts where the damaged one starts, if its head was given up")
    func truncated() async throws {
        let store = MemoryStreamStore()
        let whole = try await Self.write(store)
        let frame = try #require(
            whole.first { $0.place.sequence == 100 }
        )
        try await store.truncateStream(Samples.name(), before: StreamOffset(frame.offset + 3))
        let rescue = try await Self.rescue(store)
        #expect(rescue.outcome.lossCount == 0 && rescue.outcome.head > .zero)
        try await Self.expectWhole(rescue, of: store)
        #expect(rescue.items.frames.first?.header.sequence == 101)
        let writer = try await Samples.writer(rescue.target)
        #expect(try await writer.append(try Samples.frame(1)) == Self.frameCount + 1)
        try await writer.close()
    }

    @Test("has a gap for each loss, which a copy keeps")
    func standIn() async throws {
        let store = PieceStore()
        let whole = try await Self.write(store)
        let frame = try #require(whole.first { $0.place.sequence == 42 })
        store.flip(frame.offset + 400)
        let rescue = try await Self.rescue(store)
        #expect(rescue.losses.map(\.frames) == [42...42])
        #expect(rescue.losses.first?.offsets == frame.offset..<frame.offset + frame.byteCount)
        let copy = MemoryStreamStore()
        let writer = try await Samples.writer(copy)
        let from = try await rescue.target.openReader(for: Samples.name())
        var existing = FrameStreamReader(
            try await copy.openReader(for: Samples.name()),
            pool: Samples.pool,
            payloads: .skip
        )
        var copier = FrameStreamCopy(FrameStreamReader(from, pool: Samples.pool), to: writer)
        _ = try await copier.run(
            behind: &existing,
            isStopped: { false },
            onFault: { _ in },
            report: { _ in }
        )
        try await writer.close()
        let items = try await Samples.items(copy)
        #expect(items.frames.map(\.header.sequence) == rescue.items.frames.map(\.header.sequence))
        #expect(items.missing.isEmpty)
        let (findings, result) = try await Samples.findings(copy)
        #expect(result.isClean && result.lossCount == 3, "\(findings)")
    }

    @Test("is compared with what was taken over")
    func differs() async throws {
        let store = MemoryStreamStore()
        _ = try await Self.write(store)
        let target = PieceStore()
        let writer = try await Samples.writer(target)
        let reader = try await store.openReader(for: Samples.name())
        var salvage = FrameStreamSalvage(reader, to: writer, pool: Samples.pool)
        _ = try await salvage.run(isStopped: { false }, onLoss: { _ in }, report: { _ in })
        try await writer.close()
        try await salvage.check(Samples.name(), in: target)
        target.flip(target.durable / 2)
        await #expect(throws: FrameStreamSalvage.TargetDiffers.self) {
            try await salvage.check(Samples.name(), in: target)
        }
    }
}
