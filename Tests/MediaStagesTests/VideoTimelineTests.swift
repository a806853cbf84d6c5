import FrameFormat
import Testing

@testable import MediaStages

@Suite("times of frames in a file")
struct VideoTimelineTests {
    private static let clock = Rational(1, 90_000)

    private static func header(
        _ sequence: UInt64,
        shown: Int64?,
        decoded: Int64? = nil,
        duration: Int64? = nil,
        source: UInt64 = 0,
        timeBase: Rational = clock
    ) throws -> FrameHeader {
        let codec = try #require(Codec(name: "h264"))
        var header = FrameHeader(codec: codec, width: 16, height: 16)
        header.sequence = sequence
        header.position = SourcePosition(sourceID: source)
        func stamped(_ value: Int64?) -> StampedTime? {
            value.map {
                StampedTime(MediaTime(value: $0, timeBase: timeBase), provenance: .container)
            }
        }
        header.presentationTime = stamped(shown)
        header.decodeTime = stamped(decoded)
        header.duration = stamped(duration)
        return header
    }

    private static func timeline(
        _ first: FrameHeader,
        _ ending: String = "mp4"
    ) throws -> PacketTimeline {
        let container = try #require(VideoContainer(path: "o.\(ending)"))
        return PacketTimeline(first, timeBase: nil, container: container)
    }

    @Test("a clock of 33 bits goes on where it begins again, packet by packet")
    func wrap() throws {
        let top: Int64 = 1 << 33
        let stated: [(Int64, Int64)] = [
            (top - 3600, top - 3600), (top - 1, 3599), (3600, 7200), (7200, 3600 + 7200),
        ]
        var timeline = try Self.timeline(Self.header(1, shown: top - 3600))
        var placed: [PacketTimeline.Times] = []
        for (index, (decoded, shown)) in stated.enumerated() {
            placed.append(
                try timeline.place(Self.header(UInt64(index), shown: shown, decoded: decoded))
            )
        }
        #expect(placed.map(\.decode) == [top - 3600, top - 1, top + 3600, top + 7200])
        #expect(placed.map(\.presentation) == [top - 3600, top + 3599, top + 7200, top + 10800])
    }

    @Test("a jump back by another length is no wrap")
    func jump() throws {
        var frames = FrameTimeline(try Self.header(1, shown: 1 << 33))
        _ = try frames.place(Self.header(1, shown: 1 << 33))
        for shown in [1 << 32, (1 << 33) - 1] as [Int64] {
            #expect(throws: RunBreak.self) { try frames.place(Self.header(2, shown: shown)) }
        }
        #expect(try frames.place(Self.header(2, shown: 5)).time == (1 << 33) + 5)
    }

    @Test("times of decoding are worked out, put right, and kept apart")
    func decodeTimes() throws {
        var timeline = try Self.timeline(Self.header(1, shown: 0))
        // Without a reordering decoder, each is decoded when it is shown.
        #expect(try timeline.place(Self.header(1, shown: 0)).decode == 0)
        #expect(try timeline.place(Self.header(2, shown: 10)).decode == 10)
        // Decoded behind its own time.
        #expect(try timeline.place(Self.header(3, shown: 20, decoded: 25)).decode == 20)
        // Decoded when the one in front is.
        #expect(try timeline.place(Self.header(4, shown: 30, decoded: 20)).decode == 21)
        // The very times of the one in front.
        let again = try timeline.place(Self.header(5, shown: 30, decoded: 30))
        let last = try timeline.place(Self.header(6, shown: 30, decoded: 30))
        #expect(again.presentation == 30 && last.presentation == 31)
        #expect(timeline.repeatedCount == 1)
        #expect(throws: RunBreak.self) { try timeline.place(Self.header(7, shown: 9, decoded: 9)) }
        #expect(throws: RunBreak.self) { try timeline.place(Self.header(8, shown: nil)) }
    }

    @Test("durations that lack are those before, else the time between two")
    func durations() throws {
        var timeline = try Self.timeline(Self.header(1, shown: 0))
        #expect(try timeline.place(Self.header(1, shown: 0)).duration == 3600)
        #expect(try timeline.place(Self.header(2, shown: 100)).duration == 100)
        #expect(try timeline.place(Self.header(3, shown: 200, duration: 70)).duration == 70)
        #expect(try timeline.place(Self.header(4, shown: 300)).duration == 70)
    }

    @Test("another source goes on behind the one before")
    func sources() throws {
        var timeline = try Self.timeline(Self.header(1, shown: 1000, duration: 10))
        _ = try timeline.place(Self.header(1, shown: 1000, decoded: 1000, duration: 10))
        let next = try timeline.place(
            Self.header(2, shown: 3, decoded: -2, duration: 10, source: 1)
        )
        #expect(next.presentation == 1010 && next.decode == 1005)
    }

    @Test("no time traps", arguments: [Int64.min, -1 << 62, 1 << 62, Int64.max])
    func extremes(value: Int64) throws {
        for timeBase in [Self.clock, Rational(1, 1), Rational(1, 4_000_000_000)] {
            let first = try Self.header(1, shown: 0, timeBase: Self.clock)
            var (packets, frames) = (try Self.timeline(first), FrameTimeline(first))
            for (sequence, source) in [(UInt64(2), UInt64(0)), (3, 1), (4, 2)] {
                let header = try Self.header(
                    sequence,
                    shown: value,
                    decoded: value,
                    duration: value,
                    source: source,
                    timeBase: timeBase
                )
                // A refusal is as good: nothing traps.
                _ = try? packets.place(header)
                // The same holds here.
                _ = try? frames.place(header)
            }
        }
    }

    @Test("the ranges that can be files of their own are named")
    func ranges() throws {
        var survey = RangeSurvey(from: 1, through: 3) { first in
            var timeline = FrameTimeline(first)
            return { header in _ = try timeline.place(header) }
        }
        for (sequence, shown) in [(4, 0), (5, 1), (6, 0)] as [(UInt64, Int64)] {
            survey.take(try Self.header(sequence, shown: shown, timeBase: Rational(1, 25)))
        }
        survey.finish()
        #expect(survey.text == "--frames 1..3, --frames 4..5, --frames 6")
    }
}
