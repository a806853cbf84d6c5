/// What a store has to say while it works.
public enum StoreEvent: Sendable {
    /// There is no room on the disk or in the quota: the writer waits until there is some, and
    /// `append` with it. What is acknowledged is kept.
    case waitsForRoom(StreamName, StreamError)
    /// There is room again.
    case goesOn(StreamName)
    /// The system does not tell when a stream grows, for this reason: whoever follows it looks at
    /// intervals.
    case looksAtIntervals(StreamName, reason: String)
}
