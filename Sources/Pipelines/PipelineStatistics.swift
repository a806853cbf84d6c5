internal import Synchronization

/// Shows from outside what the stages of a running pipeline are doing.
///
/// Reading it takes each queue's lock for a moment, so it may be read many times in a second.
public final class PipelineStatistics: Sendable {
    private let stations = Mutex<[Station]>([])

    /// Shows nothing until it is given to ``Pipeline/run(stop:statistics:)``.
    public init() {}

    /// The stages from source to sink; empty before the pipeline runs.
    public var stages: [StageCounters] {
        let now = ContinuousClock.now
        return stations.withLock { $0 }.map { $0.counters(at: now) }
    }

    /// The stage that holds up the others: that which has waited least for them; `nil` before the
    /// pipeline runs.
    public var bottleneck: StageCounters? { StageCounters.bottleneck(of: stages) }

    func watch(_ stations: [Station]) {
        self.stations.withLock { $0 = stations }
    }
}

/// A stage's place in a run: its queues, and when it started and ended.
final class Station: Sendable {
    private struct Times {
        var start: ContinuousClock.Instant?
        var end: ContinuousClock.Instant?
    }

    let kind: String
    /// The queue in front; `nil` for a source.
    let front: FrameQueue?
    /// The queue behind; `nil` for a sink.
    let back: FrameQueue?
    private let times = Mutex(Times())

    init(kind: String, front: FrameQueue?, back: FrameQueue?) {
        self.kind = kind
        self.front = front
        self.back = back
    }

    func start() {
        times.withLock { $0.start = .now }
    }

    func end() {
        times.withLock { $0.end = .now }
    }

    func counters(at now: ContinuousClock.Instant) -> StageCounters {
        let times = times.withLock { $0 }
        let (front, back) = (front?.snapshot, back?.snapshot)
        return StageCounters(
            kind: kind,
            activity: times.end == nil ? Self.activity(front, back) : .ended,
            runningTime: times.start.map { (times.end ?? now) - $0 } ?? .zero,
            inputWaitingTime: front?.elementWait.duration(until: now) ?? .zero,
            roomWaitingTime: back?.roomWait.duration(until: now) ?? .zero,
            input: front?.counters,
            output: back?.counters
        )
    }

    private static func activity(
        _ front: FrameQueue.Snapshot?,
        _ back: FrameQueue.Snapshot?
    ) -> StageCounters.Activity {
        if front?.elementWait.isWaiting == true { return .waitingForInput }
        if back?.roomWait.isWaiting == true { return .waitingForRoom }
        return .working
    }
}
