import ArgumentParser
import FrameFormat
import FrameStreams
import Jobs
import Stages

/// Which frames of a stream are wanted.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Frame numbers, from 1, both ends included: 10..20, 10.., ..20 or 10.",
            valueName: "A..B"
        )
    )
    var frames: String?

    @Option(
        help: ArgumentHelp(
            """
            Presentation times, B excluded: seconds (1.5..2), HH:MM:SS.sss, or RFC 3339 for the wall \
            clock.
            """,
            valueName: "A..B"
        )
    )
    var time: String?

    @Option(help: ArgumentHelp("The one frame that is shown at this time.", valueName: "T"))
    var at: String?

    @Option(help: ArgumentHelp("One frame in N, the first kept.", valueName: "N"))
    var every: UInt64?

    @Option(
        help: ArgumentHelp(
            "At most so many frames a second: 5, 29.97, 30000/1001.",
            valueName: "FPS"
        )
    )
    var rate: String?

    @Flag(help: "Only keyframes.")
    var keyframes = false

    @Option(help: ArgumentHelp("At most the first N frames of what is selected.", valueName: "N"))
    var first: UInt64?

    @Option(help: ArgumentHelp("The last N frames of the stream.", valueName: "N"))
    var last: UInt64?

    @Flag(help: "Go on at the end of the stream as it grows, until it is sealed or Ctrl-C.")
    var follow = false

    /// What the flags select, once they are known to make sense together.
    func selection() throws -> StreamSelection {
        var selection = StreamSelection()
        selection.frames.sequences = try frames.map { try Self.sequences($0) }
        if let time {
            guard let range = SelectionText.timeRange(time) else {
                throw ValidationError(
                    "'\(time)' is not a range of times; write A..B as in 1.5..2 or 00:01:00..00:02:00"
                )
            }
            (selection.frames.start, selection.frames.end) = range
        }
        if let at {
            guard let point = SelectionText.timePoint(at) else {
                throw ValidationError(
                    "'\(at)' is not a time; write seconds, HH:MM:SS.sss or RFC 3339"
                )
            }
            selection.frames.shownAt = point
        }
        selection.frames.keyframesOnly = keyframes
        selection.frames.thinning = try ThinningText.thinning(every: every, rate: rate)
        selection.frames.countMaximum = first
        selection.last = last
        selection.follows = follow
        try checkCombinations()
        return selection
    }

    private func checkCombinations() throws {
        if first == 0 { throw ValidationError("--first takes a number from 1") }
        if last == 0 { throw ValidationError("--last takes a number from 1") }
        let others = [
            ("--frames", frames != nil), ("--time", time != nil), ("--every", every != nil),
            ("--rate", rate != nil), ("--keyframes", keyframes), ("--first", first != nil),
        ]
        let given = others.filter(\.1).map(\.0)
        if at != nil, let other = given.first ?? (last == nil ? nil : "--last") {
            throw ValidationError("--at selects one frame; leave out \(other)")
        }
        if last != nil, let other = given.first(where: { $0 == "--frames" || $0 == "--first" }) {
            throw ValidationError("--last and \(other) contradict each other; leave one out")
        }
        if last != nil, follow {
            throw ValidationError("--last needs an end of the stream; leave out --follow")
        }
    }

    private static func sequences(_ text: String) throws -> ClosedRange<UInt64> {
        guard let range = SelectionText.sequences(text) else {
            throw ValidationError(
                "'\(text)' is not a range of frame numbers; write A..B with 1 <= A <= B, as in 10..20"
            )
        }
        return range
    }
}

/// Reads `--every` and `--rate`, which exclude each other.
enum ThinningText {
    static func thinning(every: UInt64?, rate: String?) throws -> FrameSelection.Thinning? {
        switch (every, rate) {
        case (nil, nil):
            return nil
        case (.some, .some):
            throw ValidationError("--every and --rate contradict each other; leave one out")
        case (.some(let step), nil):
            guard step >= 1 else { throw ValidationError("--every takes a number from 1") }
            return .every(step)
        case (nil, .some(let text)):
            guard let rate = SelectionText.rate(text) else {
                throw ValidationError(
                    "'\(text)' is not a rate; write frames a second as 5, 29.97 or 30000/1001"
                )
            }
            return .rate(rate)
        }
    }
}
