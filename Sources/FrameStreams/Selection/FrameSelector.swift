public import FrameFormat

/// Decides, frame by frame, what a ``FrameSelection`` lets pass. Pure: frames come in, verdicts
/// come out.
public struct FrameSelector: Sendable {
    /// What becomes of a frame.
    public enum Verdict: Hashable, Sendable {
        /// It is wanted.
        case keep
        /// It is not wanted.
        case drop
        /// Neither this nor any later frame is wanted.
        case end
    }

    /// Whether no later frame is wanted.
    public private(set) var isDone = false

    private let selection: FrameSelection
    private var seenCount: UInt64 = 0
    private var keptCount: UInt64 = 0
    private var clock: RateClock?

    /// Starts before the first frame. ``FrameSelection/shownAt`` is not looked at here: it needs
    /// the frame after the wanted one.
    public init(_ selection: FrameSelection) {
        self.selection = selection
    }

    /// Judges the next frame.
    public mutating func judge(_ header: FrameHeader) -> Verdict {
        // Numbers grow: whether another frame is wanted is known before it is there.
        if let sequences = selection.sequences, header.sequence >= sequences.upperBound {
            isDone = true
        }
        if let most = selection.countMaximum, keptCount >= most { return .end }
        if let sequences = selection.sequences {
            if header.sequence > sequences.upperBound { return .end }
            if header.sequence < sequences.lowerBound { return .drop }
        }
        guard isInTime(header) else { return .drop }
        if selection.keyframesOnly, !header.isSourceKeyframe { return .drop }
        guard passesThinning(header) else { return .drop }
        keptCount += 1
        if let most = selection.countMaximum, keptCount >= most { isDone = true }
        return .keep
    }

    private func isInTime(_ header: FrameHeader) -> Bool {
        if let start = selection.start {
            guard let isBefore = header.starts(before: start), !isBefore else { return false }
        }
        if let end = selection.end {
            guard let isBefore = header.starts(before: end), isBefore else { return false }
        }
        return true
    }

    private mutating func passesThinning(_ header: FrameHeader) -> Bool {
        switch selection.thinning {
        case nil:
            return true
        case .every(let step):
            defer { seenCount += 1 }
            return seenCount.isMultiple(of: step)
        case .rate(let rate):
            // Without a time there is no rate to keep to.
            guard let time = header.presentationTime?.time else { return true }
            if clock == nil { clock = RateClock(rate: rate, start: time) }
            return clock?.passes(time) ?? true
        }
    }
}

/// Lets one instant pass for each tick of a clock.
private struct RateClock {
    private let rate: Rational
    private let start: MediaTime
    private var nextTick: Int128 = 0

    init(rate: Rational, start: MediaTime) {
        self.rate = rate
        self.start = start
    }

    /// Ticks that have begun by `time`, exactly: `floor((time - start) * rate)`.
    private func tick(at time: MediaTime) -> Int128 {
        let timeTop = Int128(time.value) * Int128(time.timeBase.numerator)
        let startTop = Int128(start.value) * Int128(start.timeBase.numerator)
        let timeBottom = Int128(time.timeBase.denominator)
        let startBottom = Int128(start.timeBase.denominator)
        let top: Int128
        let bottom: Int128
        if timeBottom == startBottom {
            (top, bottom) = (timeTop - startTop, timeBottom)
        } else {
            (top, bottom) = (
                timeTop * startBottom - startTop * timeBottom, timeBottom * startBottom
            )
        }
        let (quotient, rest) = (top * Int128(rate.numerator))
            .quotientAndRemainder(dividingBy: bottom * Int128(rate.denominator))
        return rest < 0 ? quotient - 1 : quotient
    }

    mutating func passes(_ time: MediaTime) -> Bool {
        let tick = tick(at: time)
        // A clock that jumped back starts anew, or nothing would pass until it has caught up.
        guard tick >= nextTick || tick < nextTick - 1 else { return false }
        nextTick = tick + 1
        return true
    }
}

extension FrameHeader {
    /// Whether the frame was a keyframe where it came from.
    public var isSourceKeyframe: Bool {
        codec == .raw ? flags.contains(.sourceKeyframe) : flags.contains(.keyframe)
    }

    /// Whether the frame starts before `point`; `nil` when it has no time on that clock.
    package func starts(before point: TimePoint) -> Bool? {
        switch point {
        case .media(let time):
            presentationTime?.time.isBefore(time)
        case .wall(let nanoseconds):
            captureTime.map { $0.nanoseconds < nanoseconds }
        }
    }
}
