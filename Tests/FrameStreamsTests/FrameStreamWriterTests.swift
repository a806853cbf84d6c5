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

@Suite("FrameStreamWriter")
struct FrameStreamWriterTests {
    @Test(
        "what is appended is read back in order, however small a store's appends are",
        arguments: [(8 << 20, 16), (1000, 3), (70_000, 1)]
    )
    func roundTrip(limits: (byteCount: Int, pieceCount: Int)) async throws {
        let store = PieceStore(
            appendByteCountMaximum: limits.byteCount,
            pieceCountMaximum: limits.pieceCount
        )
        let writer = try await Samples.writer(store)
        let sizes = [0, 1, 55, 4096, 65_535, 65_536, 300_000, 1 << 20]
        let source = try await writer.beginSource(
            name: "a.mp4",
            fingerprint: Samples.fingerprint,
            selection: "packets"
        )
        var frames: [Frame] = []
        for round in 0..<20 {
            let ordinal = UInt64(frames.count + 1)
            let frame = try Samples.frame(
                ordinal,
                source: source,
                byteCount: sizes[round % sizes.count]
            )
            frames.append(frame)
            #expect(try await writer.append(frame) == ordinal)
            if round % 7 == 3 {
                try await writer.append(Samples.gap(after: ordinal, source: source))
            }
        }
        try await writer.append(Mark(key: "note", value: "hello"))
        try await writer.endSource()
        try await writer.close()

        let items = try await Samples.items(store)
        #expect(items.faults.isEmpty && items.missing.isEmpty)
        #expect(items.frames.map(\.payload) == frames.map(\.payload))
        #expect(items.frames.map(\.header.sequence) == Array(1...20))
        #expect(items.stored.count == 20 + 3 + 3)
        let (findings, result) = try await Samples.findings(store)
        #expect(result.isClean && result.frameCount == 20 && result.gapCount == 3)
        #expect(findings.allSatisfy { $0.severity == .note }, "\(findings)")
    }

    @Test("a reopened stream goes on with its numbers, epoch, index and source")
    func reopen() async throws {
        let store = PieceStore()
        var generator = SeededGenerator(seed: 5)
        var ordinal: UInt64 = 0
        var source: UInt64 = 0
        var expected: SourceProgress?
        for opening in 1...40 as ClosedRange<UInt32> {
            let writer = try await Samples.writer(store)
            #expect(writer.epoch == opening)
            #expect(await writer.sourceProgress == expected)
            #expect(await writer.totals.frameCount == ordinal)
            if opening % 9 == 1 {
                source = try await writer.beginSource(
                    name: "\(opening)",
                    fingerprint: Samples.fingerprint,
                    selection: ""
                )
            }
            for _ in 0..<Int.random(in: 0...150, using: &generator) {
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    try await writer.append(Samples.gap(after: ordinal, source: source))
                } else {
                    ordinal += 1
                    let frame = try Samples.frame(
                        ordinal,
                        source: source,
                        flags: ordinal % 5 == 0 ? .corrupt : .keyframe
                    )
                    #expect(try await writer.append(frame) == ordinal)
                }
            }
            expected = await writer.sourceProgress
            try await writer.close()
        }
        let items = try await Samples.items(store)
        #expect(items.faults.isEmpty && items.missing.isEmpty)
        #expect(items.frames.map(\.header.sequence) == Array(1...ordinal))
        for case .index(let block) in items.stored.map(\.record) {
            let zeroes = block.ordinal.trailingZeroBitCount
            #expect(block.links.count == (block.ordinal == 1 << zeroes ? zeroes : zeroes + 1))
        }
        let (findings, result) = try await Samples.findings(store)
        #expect(result.isClean, "\(findings.filter { $0.severity == .damage }.prefix(3))")
    }

    @Test("a file store keeps frames and what continues them")
    func fileStore() async throws {
        try await withTemporaryDirectory { folder in
            let store = FileStreamStore(directory: FilePath(folder.path), pool: Samples.pool)
            for opening in 0..<3 as Range<UInt64> {
                let writer = try await Samples.writer(store)
                for ordinal in 1...100 as ClosedRange<UInt64> {
                    let byteCount = ordinal % 20 == 0 ? 200_000 : 50
                    let number = opening * 100 + ordinal
                    #expect(
                        try await writer.append(Samples.frame(number, byteCount: byteCount))
                            == number
                    )
                }
                try await writer.close()
            }
            let items = try await Samples.items(store)
            #expect(items.faults.isEmpty && items.missing.isEmpty)
            #expect(items.frames.map(\.header.sequence) == Array(1...300))
            for frame in items.frames {
                let number = frame.header.sequence
                let byteCount = number % 20 == 0 ? 200_000 : 50
                #expect(try frame.payload == Samples.frame(number, byteCount: byteCount).payload)
            }
            #expect(try await Samples.findings(store).1.isClean)
        }
    }

    @Test("a packet that waited for long is appended by the next call")
    func gatheringDuration() async throws {
        let store = PieceStore()
        let clock = Mutex(Duration.zero)
        let options = FrameStreamWriter.Options(
            pool: Samples.pool,
            salt: 1,
            now: { clock.withLock { $0 } }
        )
        let writer = try await FrameStreamWriter.open(Samples.name(), in: store, options: options)
        try await writer.append(try Samples.frame(1))
        #expect(store.appendCount == 0)
        clock.withLock { $0 = FrameStreamWriter.gatheringDurationMaximum }
        try await writer.append(try Samples.frame(2))
        #expect(store.appendCount == 1)
        try await writer.close()
    }

    @Test("packets share an append, and only a flush makes them durable")
    func gathering() async throws {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        for ordinal in 1...500 as ClosedRange<UInt64> {
            try await writer.append(try Samples.frame(ordinal))
        }
        #expect(store.appendCount == 0 && store.durable == 0)
        try await writer.flush()
        #expect(store.appendCount == 1)
        #expect(try await Samples.items(store).frames.count == 500)
        try await writer.close()
    }

    @Test("a large payload takes what was gathered before along in one append")
    func largePayload() async throws {
        let store = PieceStore()
        let writer = try await Samples.writer(store)
        try await writer.append(try Samples.frame(1))
        try await writer.append(try Samples.frame(2, byteCount: 200_000))
        #expect(store.appendCount == 1)
        try await writer.close()
        #expect(store.appendCount == 1)
        #expect(try await Samples.items(store).frames.map(\.payload.byteCount) == [40, 200_000])
    }

    @Test(
        "a frame whose writer was interrupted within it is no damage, and its number is used again"
    )
    func tornRecord() async throws {
        let store = PieceStore(appendByteCountMaximum: 10_000)
        let writer = try await Samples.writer(store)
        try await writer.append(try Samples.frame(1))
        try await writer.flush()
        try await writer.append(try Samples.frame(2, byteCount: 100_000))
        try await writer.flush()
        store.cut(at: store.durable - 50_000)
        let before = try await Samples.items(store)
        #expect(before.frames.count == 1 && before.missing.isEmpty)
        guard case .unfinished(let fault) = try #require(before.faults.first) else {
            Issue.record("\(before.faults)")
            return
        }
        #expect(fault.sequence == 2)

        let second = try await Samples.writer(store)
        #expect(try await second.append(try Samples.frame(2, byteCount: 70_000)) == 2)
        try await second.close()
        let after = try await Samples.items(store)
        #expect(after.frames.map(\.payload.byteCount) == [40, 70_000])
        #expect(after.missing.isEmpty && after.faults.count == 1)
        #expect(try await Samples.findings(store).1.isClean)
    }

    @Test("every complete source is found again, interrupted ones are not", arguments: [1, 3, 200])
    func endedSources(frameCount: UInt64) async throws {
        let store = PieceStore()
        for name in 1...30 as ClosedRange<UInt64> {
            let writer = try await Samples.writer(store)
            let source = try await writer.beginSource(
                name: "\(name)",
                fingerprint: Samples.fingerprint(name),
                selection: "\(name % 2)"
            )
            #expect(source == name)
            for ordinal in 1...frameCount {
                try await writer.append(try Samples.frame(ordinal, source: source))
            }
            if name % 3 != 0 { try await writer.endSource() }
            try await writer.append(Mark(key: "k", value: "v"))
            try await writer.close()
        }
        let writer = try await Samples.writer(store)
        for name in 1...30 as ClosedRange<UInt64> {
            let isWanted = name % 3 != 0 && name % 2 == 1
            var query = SourceQuery(selection: "1", fingerprint: Samples.fingerprint(name))
            let ended = try await writer.endedSources(matching: query)
            #expect(ended.map(\.begin.sourceID) == (isWanted ? [name] : []))
            #expect(ended.allSatisfy { $0.end.frameCount == frameCount })
            query.selection = "3"
            #expect(try await writer.endedSources(matching: query).isEmpty)
        }
        try await writer.close()
        let reader = try await store.openReader(for: try Samples.name())
        let summary = try await FrameStreamSummary.read(reader, pool: Samples.pool)
        #expect(summary.sources.count == 30 && summary.totals.frameCount == 30 * frameCount)
        #expect(summary.firstFrame?.sequence == 1)
        #expect(summary.lastFrame?.sequence == 30 * frameCount)
    }
}
