/// How long somebody has waited, the present wait included. Pure: instants come from outside.
struct WaitingTime {
    private var total = Duration.zero
    private var start: ContinuousClock.Instant?

    /// Whether somebody waits now.
    var isWaiting: Bool { start != nil }

    mutating func begin(at now: ContinuousClock.Instant) {
        start = now
    }

    mutating func end(at now: ContinuousClock.Instant) {
        total = duration(until: now)
        start = nil
    }

    func duration(until now: ContinuousClock.Instant) -> Duration {
        guard let start else { return total }
        return total + (now - start)
    }
}
