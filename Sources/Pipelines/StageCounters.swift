/// What one stage of a pipeline has done so far, and what it waits for.
public struct StageCounters: Hashable, Sendable {
    /// What a stage does at a moment.
    public enum Activity: Hashable, Sendable {
        /// It computes, reads or writes.
        case working
        /// The queue in front of it is empty.
        case waitingForInput
        /// The queue behind it is full.
        case waitingForRoom
        /// It has ended.
        case ended
    }

    /// The kind of the stage.
    public let kind: String
    /// What it does.
    public let activity: Activity
    /// How long it has been running.
    public let runningTime: Duration
    /// How long it has waited for elements from the stage in front.
    public let inputWaitingTime: Duration
    /// How long it has waited for room in the queue behind.
    public let roomWaitingTime: Duration
    /// What it took or can take; `nil` for a source.
    public let input: QueueCounters?
    /// What it sent; `nil` for a sink.
    public let output: QueueCounters?

    /// How long it has waited for no other stage.
    public var workingTime: Duration {
        max(.zero, runningTime - inputWaitingTime - roomWaitingTime)
    }

    /// The stage that holds up the others: that which has waited least for them.
    static func bottleneck(of stages: [StageCounters]) -> StageCounters? {
        stages.max { $0.workingTime < $1.workingTime }
    }
}
