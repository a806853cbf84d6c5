import FrameFormat
import FrameStreams
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
