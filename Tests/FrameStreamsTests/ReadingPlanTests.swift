import ByteStreams
import FrameFormat
import FrameStreams
import Testing

@Suite("whether a plan holds packets")
struct ReadingPlanTests {
    /// A stream of three frames of pictures, and three of packets behind them.
    private static func mixed() async throws -> PieceStore {
        let store = PieceStore(appendByteCountMaximum: 4096)
        let writer = try await Samples.writer(store)
        for isRaw in [true, false] {
            let source = try await writer.beginSource(
                name: isRaw ? "pictures" : "packets",
                fingerprint: Samples.fingerprint,
                selection: "s"
            )
            for ordinal in 1...3 as ClosedRange<UInt64> {
                var frame = try Samples.frame(ordinal, source: source, flags: .keyframe)
                if isRaw { frame = picture(like: frame) }
                try await writer.append(frame)
            }
            try await writer.endSource()
        }
        try await writer.close()
        return store
    }

    private static func picture(like packet: Frame) -> Frame {
        var header = FrameHeader(codec: .raw, width: 8, height: 5)
        header.pixelFormat = PixelFormat(name: "gray")
        header.planes = [PlaneLayout(offset: 0, rowByteCount: 8, rowCount: 5)]
        header.position = packet.header.position
        header.flags = packet.header.flags
        return Frame(header: header, payload: packet.payload)
    }

    private static func holdsPackets(
        _ numbers: ClosedRange<UInt64>?,
        _ use: ReadingPlanner.Use
    ) async throws -> Bool? {
        let reader = try await mixed().openReader(for: try Samples.name())
        var planner = ReadingPlanner(reader, for: use, pool: Samples.pool)
        var selection = FrameSelection()
        selection.sequences = numbers
        return try await planner.plan(selection).holdsPackets
    }

    @Test("as the first and last frames of the sources say that are read")
    func sources() async throws {
        let use = ReadingPlanner.Use(decodes: true)
        #expect(try await Self.holdsPackets(nil, use) == true)
        #expect(try await Self.holdsPackets(1...2, use) == false)
        #expect(try await Self.holdsPackets(2...3, use) == false)
        #expect(try await Self.holdsPackets(2...4, use) == true)
        #expect(try await Self.holdsPackets(2...UInt64.max, use) == true)
    }

    @Test("is not known of frames that are still to come, nor looked for where none are decoded")
    func unknown() async throws {
        #expect(try await Self.holdsPackets(1...2, .init(decodes: true, follows: true)) == nil)
        #expect(try await Self.holdsPackets(1...2, .init(decodes: false)) == nil)
    }
}
