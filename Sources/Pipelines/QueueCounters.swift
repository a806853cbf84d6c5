/// What went through the queue between two stages, and what waits in it.
public struct QueueCounters: Hashable, Sendable {
    /// Elements that were put into the queue.
    public internal(set) var sentElementCount: UInt64 = 0
    /// What they weigh, in bytes.
    public internal(set) var sentByteCount: UInt64 = 0
    /// Frames that found no room; gaps tell the next stage about them.
    public internal(set) var droppedFrameCount: UInt64 = 0
    /// Elements in the queue at the moment.
    public internal(set) var waitingElementCount = 0
    /// What they weigh, in bytes.
    public internal(set) var waitingByteCount = 0
}
