internal import Glibc

/// The clock of this computer.
package struct LocalClock: StoreClock {
    private static let start = ContinuousClock.now

    /// The one there is.
    package init() {}

    /// Time since it was first asked for.
    package func now() -> Duration { Self.start.duration(to: .now) }

    /// nanosleep(2).
    package func wait(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var pause = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        unsafe nanosleep(&pause, nil)
    }
}
