import FrameFormat
import Stages
import Testing

@Suite("what people write for times and ranges")
struct SelectionTextTests {
    private static func nanoseconds(_ text: String) -> Int64? {
        guard case .media(let time)? = SelectionText.timePoint(text) else { return nil }
        return time.value
    }

    @Test(
        "times",
        arguments: [
            ("1.5", 1_500_000_000), ("0", 0), ("-2", -2_000_000_000),
            ("01:02:03.5", 3_723_500_000_000),
            ("90:00", 5_400_000_000_000), ("0.000000001", 1),
        ]
    )
    func times(text: String, expected: Int64) {
        #expect(Self.nanoseconds(text) == expected)
    }

    @Test(
        "what is no time",
        arguments: [
            "", ".", "x", "1:60", "1:2:3:4", "1.0000000001", "1e3", "--1", "99999999999999999999",
        ]
    )
    func noTimes(text: String) {
        #expect(SelectionText.timePoint(text) == nil)
    }

    @Test("wall clock in RFC 3339, exact to the nanosecond")
    func wallClock() {
        #expect(
            SelectionText.timePoint("1970-01-01T00:00:01.000000002Z")
                == .wall(nanoseconds: 1_000_000_002)
        )
        #expect(
            SelectionText.timePoint("1970-01-01T01:00:00+01:00") == .wall(nanoseconds: 0)
        )
        #expect(SelectionText.timePoint("1970-13-01T00:00:00Z") == nil)
    }

    @Test("ranges of frames and of times, either end open")
    func ranges() {
        #expect(SelectionText.sequences("3..5") == 3...5)
        #expect(SelectionText.sequences("..5") == 1...5)
        #expect(SelectionText.sequences("7") == 7...7)
        for text in ["0..5", "5..3", "..", "a..b", "-1"] {
            #expect(SelectionText.sequences(text) == nil, "\(text)")
        }
        #expect(SelectionText.timeRange("1..2") != nil)
        for text in ["2..1", "1..1", "..", "1", "1..2026-01-01T00:00:00Z"] {
            #expect(SelectionText.timeRange(text) == nil, "\(text)")
        }
    }

    @Test("rates are exact")
    func rates() {
        #expect(SelectionText.rate("30000/1001") == Rational(30000, 1001))
        #expect(SelectionText.rate("29.97") == Rational(2997, 100))
        #expect(SelectionText.rate("0") == nil)
        #expect(SelectionText.rate("1/0") == nil)
    }
}

@Suite("which frames a selection lets pass")
struct FrameSelectorTests {
    /// Headers of frames that are shown every 40 ms, with a keyframe every five.
    private static let headers: [FrameHeader] = (1...50).map { number in
        var header = FrameHeader(codec: .raw, width: 2, height: 2)
        header.sequence = UInt64(number)
        header.presentationTime = StampedTime(
            MediaTime(value: Int64(number - 1), timeBase: Rational(1, 25)),
            provenance: .container
        )
        header.flags = number % 5 == 1 ? [.keyframe, .sourceKeyframe] : [.keyframe]
        return header
    }

    private static func kept(_ selection: FrameSelection) -> [UInt64] {
        var selector = FrameSelector(selection)
        var kept: [UInt64] = []
        for header in headers {
            switch selector.judge(header) {
            case .keep: kept.append(header.sequence)
            case .drop: continue
            case .end: return kept
            }
        }
        return kept
    }

    @Test("one in N keeps the first")
    func every() {
        var selection = FrameSelection()
        selection.thinning = .every(20)
        #expect(Self.kept(selection) == [1, 21, 41])
    }

    @Test("a rate keeps the first frame of each tick, on the grid of the first frame")
    func rate() {
        var selection = FrameSelection()
        selection.thinning = .rate(Rational(10, 1))
        #expect(Self.kept(selection).prefix(5) == [1, 4, 6, 9, 11])
        selection.thinning = .rate(Rational(100, 1))
        #expect(Self.kept(selection).count == 50)
    }

    @Test("conditions apply one after the other")
    func combined() {
        var selection = FrameSelection()
        selection.sequences = 3...40
        selection.keyframesOnly = true
        selection.thinning = .every(2)
        selection.countMaximum = 3
        #expect(Self.kept(selection) == [6, 16, 26])
    }

    @Test("the end of a range of times is outside")
    func times() {
        var selection = FrameSelection()
        selection.start = SelectionText.timePoint("0.08")
        selection.end = SelectionText.timePoint("0.16")
        #expect(Self.kept(selection) == [3, 4])
    }

    @Test("a clock that jumps back does not silence a rate")
    func jump() {
        var selection = FrameSelection()
        selection.thinning = .rate(Rational(1, 1))
        var selector = FrameSelector(selection)
        let kept = (Self.headers + Self.headers).filter { selector.judge($0) == .keep }
        #expect(kept.map(\.sequence) == [1, 26, 1, 26])
    }
}

@Suite("names of images")
struct ImageNameTemplateTests {
    @Test("tokens stand for the frame's values")
    func tokens() throws {
        var header = FrameHeader(codec: .raw, width: 1, height: 1)
        header.sequence = 42
        header.presentationTime = StampedTime(
            MediaTime(value: 3, timeBase: Rational(1, 2)),
            provenance: .container
        )
        header.captureTime = CaptureTime(nanoseconds: 1_000_000_005, quality: .device)
        let template = try ImageNameTemplate("{stream}-{sequence:06}-{sequence}-{pts}-{wall}.png")
        #expect(
            try template.name(for: header, stream: "s")
                == "s-000042-42-1.500000-19700101T000001.000000005Z.png"
        )
    }

    @Test(
        "templates that could leave the folder, or name all frames alike, are refused",
        arguments: [
            "a.png", "../{sequence}", "{sequence}/x", ".{sequence}", "{seq}", "{sequence", "",
        ]
    )
    func refused(text: String) {
        #expect(throws: StageError.self) { try ImageNameTemplate(text) }
    }
}
