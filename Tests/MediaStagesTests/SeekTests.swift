import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Testing

/// A kind of clip whose frames are found one by one.
struct SeekClip: Sendable, CustomTestStringConvertible {
    var codec: String?
    var options: [(String, String)] = []
    var times: [Int64]
    var timeBase = Rational(1, 600)

    var testDescription: String { "\(codec ?? "raw") \(options.map { "\($0.0)=\($0.1)" })" }

    static let steady = (0..<90).map { Int64($0) * 24 }
    /// A variable rate, and a start that is not zero.
    static let varied = steady.map { $0 + ($0 / 24 % 3) * 7 + 6000 }

    static let all = [
        SeekClip(codec: nil, times: steady),
        SeekClip(codec: nil, times: varied),
        SeekClip(codec: "h264", options: [("bf", "3"), ("g", "12")], times: steady),
        SeekClip(codec: "h264", options: [("bf", "3"), ("g", "12")], times: varied),
        SeekClip(
            codec: "h264",
            options: [("bf", "3"), ("g", "12"), ("x264-params", "open-gop=1:scenecut=0")],
            times: varied
        ),
        SeekClip(
            codec: "hevc",
            options: [("x265-params", "keyint=12:min-keyint=12:bframes=3:log-level=none")],
            times: steady
        ),
        SeekClip(codec: "vp9", options: [("g", "12"), ("deadline", "realtime")], times: varied),
        SeekClip(
            codec: "mpeg2video",
            options: [("bf", "2"), ("g", "12")],
            times: Array(0..<90),
            timeBase: Rational(1, 25)
        ),
        SeekClip(codec: "mpeg4", options: [("bf", "2"), ("g", "12")], times: steady),
        SeekClip(codec: "ffvhuff", times: varied),
    ]
    /// Those in which decoding can start at more than the first keyframe.
    static let seekable = all.filter { $0.codec != "mpeg4" }
}

@Suite("random access", .serialized)
struct SeekTests {
    private static func stream(_ clip: SeekClip) async throws -> SeekStream {
        let stream = try SeekStream()
        let pictures = try SeekStream.pictures(clip.times, clip.timeBase)
        guard let codec = clip.codec else {
            try await stream.append(pictures)
            return stream
        }
        try await stream.append(
            try await SeekStream.packets(of: pictures, codec: codec, clip.options)
        )
        return stream
    }

    private static func numbered(_ numbers: ClosedRange<UInt64>) -> FrameSelection {
        var selection = FrameSelection()
        selection.sequences = numbers
        return selection
    }

    @Test(
        "equals sequential decoding by number, time and pixels, forwards and backwards",
        arguments: SeekClip.all
    )
    func equalsSequential(clip: SeekClip) async throws {
        let stream = try await Self.stream(clip)
        let all = try await stream.allFrames()
        try #require(all.count == clip.times.count)
        let reader = try await stream.reader()
        for number in Array(stride(from: 1, through: 90, by: 7)) + [90, 61, 25, 24, 1] {
            let number = UInt64(number)
            let expected = all[Int(number) - 1]
            let found = try await stream.frames(Self.numbered(number...number), reader)
            #expect(found == [expected])
            for needsNumbers in [true, false] where number.isMultiple(of: 3) {
                var selection = FrameSelection()
                selection.shownAt = expected.time.map { .media($0) }
                let shown = try await stream.frames(
                    selection,
                    reader,
                    needsNumbers: needsNumbers
                )
                #expect(shown == [expected])
            }
        }
        #expect(try await stream.frames(Self.numbered(20...40), reader) == Array(all[19..<40]))
        #expect(try await stream.frames(Self.numbered(80...200), reader) == Array(all[79...]))
        var times = FrameSelection()
        times.start = all[30].time.map { .media($0) }
        times.end = all[44].time.map { .media($0) }
        #expect(try await stream.frames(times, reader) == Array(all[30..<44]))
    }

    @Test("reads little but what it returns", arguments: SeekClip.seekable)
    func readsLittle(clip: SeekClip) async throws {
        let stream = try await Self.stream(clip)
        let bounds = try await stream.store.bounds(of: stream.name)
        let reader = try await stream.reader()
        _ = try await stream.frames(FrameSelection(), reader)
        let wholeCount = reader.byteCount
        #expect(wholeCount >= Int(bounds.tail.value))
        reader.reset()
        _ = try await stream.frames(Self.numbered(50...50), reader)
        // One payload or group, and windows of 16 KiB over the index and the records behind it.
        #expect(reader.readCount < 100, "\(reader.readCount)")
        #expect(reader.byteCount < wholeCount / 2 || clip.codec != nil, "\(reader.byteCount)")
        guard clip.codec != nil else { return }
        let plan = try await Self.plan(Self.numbered(50...50), stream)
        #expect((plan.decodeStart?.sequence ?? 0) >= 24)
        #expect(plan.spans.first?.end != nil)
    }

    @Test("costs no more in a long stream", arguments: [500, 2000])
    func longStream(count: Int) async throws {
        let stream = try SeekStream()
        let picture = try SeekStream.pictures([0], Rational(1, 25))[0]
        let frames = (0..<count).map { index in
            var frame = picture
            let time = MediaTime(value: Int64(index), timeBase: Rational(1, 25))
            frame.header.presentationTime = StampedTime(time, provenance: .container)
            return frame
        }
        try await stream.append(frames)
        let reader = try await stream.reader()
        for number in [3, count / 3, count - 70, count] {
            reader.reset()
            let wanted = UInt64(number)...UInt64(number)
            let found = try await stream.frames(Self.numbered(wanted), reader)
            #expect(found.map(\.sequence) == [UInt64(number)])
            #expect(reader.readCount < 120, "\(reader.readCount)")
            #expect(reader.byteCount < 1 << 20, "\(reader.byteCount)")
            reader.reset()
            var shown = FrameSelection()
            shown.shownAt = frames[number - 1].header.presentationTime.map { .media($0.time) }
            let same = try await stream.frames(shown, reader)
            #expect(same == found)
            #expect(reader.readCount < 240 && reader.byteCount < 3 << 20, "\(reader.byteCount)")
        }
    }

    private static func plan(
        _ selection: FrameSelection,
        _ stream: SeekStream
    ) async throws -> ReadingPlan {
        let use = ReadingPlanner.Use(decodes: true)
        var planner = ReadingPlanner(try await stream.reader(), for: use, pool: SeekStream.pool)
        return try await planner.plan(selection)
    }

    @Test("counts over sources of different codecs")
    func sources() async throws {
        let stream = try SeekStream()
        for (index, clip) in [2, 5, 0, 7, 4].map({ SeekClip.all[$0] }).enumerated() {
            let pictures = try SeekStream.pictures(
                Array(clip.times.prefix(40)),
                clip.timeBase,
                seed: index
            )
            guard let codec = clip.codec else {
                try await stream.append(pictures)
                continue
            }
            try await stream.append(
                try await SeekStream.packets(of: pictures, codec: codec, clip.options)
            )
        }
        let all = try await stream.allFrames()
        try #require(all.count == 200)
        let reader = try await stream.reader()
        for number in stride(from: 200, through: 1, by: -9) {
            let found = try await stream.frames(
                Self.numbered(UInt64(number)...UInt64(number)),
                reader
            )
            #expect(found == [all[number - 1]])
        }
        var times = FrameSelection()
        times.start = all[10].time.map { .media($0) }
        times.end = all[20].time.map { .media($0) }
        let expected = [0, 40, 80, 120].flatMap { Array(all[($0 + 10)..<($0 + 20)]) }
        #expect(try await stream.frames(times, reader) == expected)
    }

    @Test("is proved by a census across a gap, and decodes from the head without one")
    func gap() async throws {
        let clip = SeekClip.all[2]
        for takesCensus in [true, false] {
            let stream = try SeekStream()
            let pictures = try SeekStream.pictures(clip.times, clip.timeBase)
            let packets = try await SeekStream.packets(of: pictures, codec: "h264", clip.options)
            try await stream.append(packets, gapBehind: 30, takesCensus: takesCensus)
            let all = try await stream.allFrames()
            let reader = try await stream.reader()
            let plan = try await Self.plan(Self.numbered(80...80), stream)
            #expect((plan.decodeStart != nil) == takesCensus)
            #expect(plan.lacksCensus == !takesCensus)
            #expect(try await stream.frames(Self.numbered(80...80), reader) == [all[79]])
        }
    }

    @Test("does not believe a census of other packets than are there")
    func misfit() async throws {
        let clip = SeekClip.all[2]
        let stream = try SeekStream()
        let pictures = try SeekStream.pictures(clip.times, clip.timeBase)
        let packets = try await SeekStream.packets(of: pictures, codec: "h264", clip.options)
        try await stream.append(packets, takesCensus: false)
        let writer = try await FrameStreamWriter.open(stream.name, in: stream.store)
        let census = try SeekStream.census(of: Array(packets.prefix(60)))
        let placed = PlacedCensus(firstSequence: 1, picturesBefore: 0, census: census)
        for mark in CensusMarks.marks(of: placed) ?? [] { try await writer.append(mark) }
        try await writer.close()
        #expect(try await Self.plan(Self.numbered(80...80), stream).lacksCensus)
        let pass = try await CensusPass.run(try await stream.reader(), pool: SeekStream.pool)
        guard case .taken(let taken)? = pass.first else {
            Issue.record("no census was taken")
            return
        }
        #expect(pass.count == 1 && taken.census.pictureCount == 90)
    }

    @Test("numbers the pictures behind a truncated head as before", arguments: [2, 4, 5, 9])
    func truncated(index: Int) async throws {
        let stream = try await Self.stream(SeekClip.all[index])
        let all = try await stream.allFrames()
        var locator = FrameLocator(try await stream.reader(), pool: SeekStream.pool)
        let place = try #require(try await locator.locate(sequence: 30))
        try await stream.store.truncateStream(stream.name, before: place.offset)
        let reader = try await stream.reader()
        let whole = try await stream.frames(Self.numbered(1...1000), reader)
        #expect(whole.count >= 90 - 30 - 12)
        #expect((whole == Array(all.suffix(whole.count))))
        for number in stride(from: 89, through: 60, by: -7) {
            let found = try await stream.frames(
                Self.numbered(UInt64(number)...UInt64(number)),
                reader
            )
            #expect(found == [all[number - 1]])
        }
    }

    @Test("counts the last pictures")
    func last() async throws {
        let known = LastNumbers.known(81...UInt64.max)
        for (index, expected) in [(0, known), (4, known), (8, known), (2, .unknown)] {
            let clip = SeekClip.all[index]
            let stream = try SeekStream()
            var frames = try SeekStream.pictures(clip.times, clip.timeBase)
            if let codec = clip.codec {
                frames = try await SeekStream.packets(of: frames, codec: codec, clip.options)
            }
            try await stream.append(frames, takesCensus: expected == known)
            let use = ReadingPlanner.Use(decodes: true)
            let reader = try await stream.reader()
            var planner = ReadingPlanner(reader, for: use, pool: SeekStream.pool)
            #expect(try await planner.lastNumbers(10) == expected)
        }
    }
}
