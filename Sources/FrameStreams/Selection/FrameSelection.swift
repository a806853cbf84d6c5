public import FrameFormat

/// An instant on a medium's own clock or on the wall clock.
public enum TimePoint: Hashable, Sendable {
    /// Presentation time.
    case media(MediaTime)
    /// Capture time: nanoseconds since 1970-01-01T00:00:00Z.
    case wall(nanoseconds: Int64)
}

/// Which frames of a stream or source are wanted.
///
/// The conditions apply one after the other, in the order in which they stand here.
public struct FrameSelection: Hashable, Sendable {
    /// How the frames that pass the other conditions are thinned out.
    public enum Thinning: Hashable, Sendable {
        /// One in so many, the first kept.
        case every(UInt64)
        /// At most so many a second of presentation time: the first frame at or behind each tick of
        /// a clock that starts with the first frame. None is repeated.
        case rate(Rational)
    }

    /// Numbers in the stream, both ends included.
    public var sequences: ClosedRange<UInt64>?
    /// The first instant that is wanted.
    public var start: TimePoint?
    /// The first instant that is no longer wanted.
    public var end: TimePoint?
    /// Only the frame that is shown at this instant: the last that starts at or before it.
    public var shownAt: TimePoint?
    /// Only keyframes; of raw pictures, those that were keyframes in their source.
    public var keyframesOnly = false
    /// One in so many, or so many a second.
    public var thinning: Thinning?
    /// No more than so many.
    public var countMaximum: UInt64?

    /// Selects everything.
    public init() {}

    /// Selects by number, both ends included.
    public static func numbers(_ numbers: ClosedRange<UInt64>) -> FrameSelection {
        var selection = FrameSelection()
        selection.sequences = numbers
        return selection
    }

    /// Selects by presentation time in seconds, to the nanosecond; the end excluded.
    ///
    /// - Precondition: The times are within a hundred years of zero.
    public static func seconds(_ seconds: Range<Double>) -> FrameSelection {
        var selection = FrameSelection()
        selection.start = .media(MediaTime(nanosecondsOf: seconds.lowerBound))
        selection.end = .media(MediaTime(nanosecondsOf: seconds.upperBound))
        return selection
    }

    /// Whether every frame is wanted.
    public var isEverything: Bool {
        self == FrameSelection()
    }
}

extension MediaTime {
    /// Seconds as they are written in a program.
    fileprivate init(nanosecondsOf seconds: Double) {
        let unit: UInt32 = 1_000_000_000
        let century = 100 * 366 * 86_400.0
        precondition(abs(seconds) < century, "times are within a hundred years of zero")
        self.init(
            value: Int64((seconds * Double(unit)).rounded()),
            timeBase: Rational(1, unit)
        )
    }
}
