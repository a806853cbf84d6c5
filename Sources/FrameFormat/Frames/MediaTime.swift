/// An exact time or duration on a medium's own clock: `value` ticks of `timeBase` seconds.
public struct MediaTime: Hashable, Sendable {
    /// Ticks, which may be negative.
    public var value: Int64
    /// Seconds in a tick; both parts are positive.
    public var timeBase: Rational

    /// Makes `value * timeBase` seconds.
    public init(value: Int64, timeBase: Rational) {
        self.value = value
        self.timeBase = timeBase
    }

    /// The time in seconds, rounded to a double; for people, never for comparisons.
    public var seconds: Double {
        Double(value) * Double(timeBase.numerator) / Double(timeBase.denominator)
    }

    /// Whether this time comes before `other`, compared exactly across time bases.
    public func isBefore(_ other: MediaTime) -> Bool {
        let left =
            Int128(value) * Int128(timeBase.numerator) * Int128(other.timeBase.denominator)
        let right =
            Int128(other.value) * Int128(other.timeBase.numerator) * Int128(timeBase.denominator)
        return left < right
    }
}

/// Who said what a frame's time or colour is.
public enum Provenance: UInt8, Hashable, Sendable, CaseIterable {
    /// Nobody.
    case unspecified = 0
    /// The coded pictures themselves.
    case bitstream = 1
    /// The container around them.
    case container = 2
    /// The person or program that asked for the ingest.
    case user = 3
    /// Worked out from what else is known, by a rule that the producer documents.
    case derived = 4
}

/// A time and who said it.
public struct StampedTime: Hashable, Sendable {
    /// The time.
    public var time: MediaTime
    /// Who said it.
    public var provenance: Provenance

    /// Joins a time with who said it.
    public init(_ time: MediaTime, provenance: Provenance) {
        self.time = time
        self.provenance = provenance
    }
}

/// When a picture was taken.
public struct CaptureTime: Hashable, Sendable {
    /// How far the clock is to be trusted.
    public enum ClockQuality: UInt8, Hashable, Sendable, CaseIterable {
        /// Unknown.
        case unknown = 0
        /// The clock of the computer that received the picture, at arrival.
        case arrival = 1
        /// The clock of the device that took it, not known to be synchronised.
        case device = 2
        /// A clock known to be synchronised, such as by NTP or PTP.
        case synchronized = 3
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
    public var nanoseconds: Int64
    /// How far the clock is to be trusted.
    public var quality: ClockQuality

    /// Joins an instant with the quality of its clock.
    public init(nanoseconds: Int64, quality: ClockQuality) {
        self.nanoseconds = nanoseconds
        self.quality = quality
    }
}
