import FrameFormat
import FrameStreams
import Testing

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
        selection.start = .media(MediaTime(value: 2, timeBase: Rational(1, 25)))
        selection.end = .media(MediaTime(value: 4, timeBase: Rational(1, 25)))
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
