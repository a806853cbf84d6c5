import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("FrameLocator")
struct FrameLocatorTests {
    static let frameCount: UInt64 = 5000

    /// What a search may read: the records behind the newest index record, and some index records.
    static let readCountMaximum = 100

    private func stream() async throws -> (PieceStore, [StoredRecord]) {
        let store = PieceStore(appendByteCountMaximum: 4096)
        let writer = try await Samples.writer(store)
        let source = try await writer.beginSource(
            name: "a",
            fingerprint: Samples.fingerprint,
            selection: "s"
        )
        for ordinal in 1...Self.frameCount {
            try await writer.append(
                try Samples.frame(
                    ordinal,
                    source: source,
                    byteCount: 10,
                    flags: ordinal % 30 == 1 ? .keyframe : []
                )
            )
        }
        try await writer.close()
        let frames = try await Samples.items(store, payloads: .skip).stored.filter {
            if case .frame = $0.record { true } else { false }
        }
        return (store, frames)
    }

    @Test("frames are found by number, time and keyframe with few reads")
    func locate() async throws {
        let (store, frames) = try await stream()
        let reader = try await store.openReader(for: try Samples.name())
        var locator = FrameLocator(reader, pool: Samples.pool)
        for sequence in stride(from: 1, through: Self.frameCount, by: 37) {
            let expected = FrameLocator.Place(
                offset: StreamOffset(frames[Int(sequence) - 1].offset),
                sequence: sequence
            )
            var before = store.readCount
            #expect(try await locator.locate(sequence: sequence) == expected)
            #expect(store.readCount - before <= Self.readCountMaximum)
            before = store.readCount
            let time = Samples.time(sequence)
            #expect(try await locator.locate(presentationTime: time) == expected)
            let between = MediaTime(
                value: time.value * 2 + 1,
                timeBase: Rational(1, 50)
            )
            #expect(try await locator.locate(presentationTime: between) == expected)
            #expect(store.readCount - before <= 3 * Self.readCountMaximum)
            let keyframe = try await locator.locateKeyframe(atOrBefore: sequence)
            #expect(keyframe?.sequence == (sequence - 1) / 30 * 30 + 1)
        }
        #expect(try await locator.locate(sequence: Self.frameCount + 1) == nil)
        #expect(try await locator.locateLast(10)?.sequence == Self.frameCount - 9)
        #expect(try await locator.locateLast(.max)?.sequence == 1)
        let early = MediaTime(value: -5, timeBase: Samples.timeBase)
        #expect(try await locator.locate(presentationTime: early)?.sequence == 1)
    }

    @Test("a damaged index record or tail makes a search slower, not wrong")
    func damagedIndex() async throws {
        let (store, frames) = try await stream()
        let reader = try await store.openReader(for: try Samples.name())
        var locator = FrameLocator(reader, pool: Samples.pool)
        for distance in [1, 5, 3000, 100_000] as [UInt64] {
            store.flip(store.durable - distance)
            for sequence in [1, 64, 2500, 4000] as [UInt64] {
                #expect(
                    try await locator.locate(sequence: sequence)?.offset.value
                        == frames[Int(sequence) - 1].offset
                )
            }
        }
        let items = try await Samples.items(store)
        let indexes = items.stored.filter { if case .index = $0.record { true } else { false } }
        for index in indexes.suffix(3) {
            store.flip(index.offset + 20)
            for sequence in [1, 2500, 4990] as [UInt64] {
                #expect(try await locator.locate(sequence: sequence)?.sequence == sequence)
                let time = Samples.time(sequence)
                #expect(try await locator.locate(presentationTime: time)?.sequence == sequence)
            }
        }
    }

    @Test("frames before a truncated head are not found, those behind it are")
    func truncatedHead() async throws {
        let (store, frames) = try await stream()
        let head = frames[3000].offset + 5
        try await store.truncateStream(try Samples.name(), before: StreamOffset(head))
        let reader = try await store.openReader(for: try Samples.name())
        var locator = FrameLocator(reader, pool: Samples.pool)
        #expect(try await locator.locate(sequence: 1)?.sequence == 3002)
        #expect(try await locator.locate(sequence: 3500)?.sequence == 3500)
        #expect(try await locator.locateLast(.max)?.sequence == 3002)
        let time = Samples.time(4000)
        #expect(try await locator.locate(presentationTime: time)?.sequence == 4000)
        let writer = try await Samples.writer(store)
        #expect(try await writer.append(try Samples.frame(1)) == Self.frameCount + 1)
        try await writer.close()
    }
}
