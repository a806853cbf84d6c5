/// What became of one input of an ingest.
public struct IngestOutcome: Sendable {
    /// How it ended.
    public enum Status: String, Sendable {
        /// All of it is in the stream.
        case stored
        /// It was there before.
        case alreadyStored = "already stored"
        /// The job was stopped before its end.
        case stopped
    }

    /// The input as it was named.
    public let input: String
    /// The stream.
    public let stream: String
    /// How it ended.
    public let status: Status
    /// Why it is taken for what is stored.
    public var knownBy: String?
    /// Frames that were stored now; of what was there before, all.
    public let frameCount: UInt64
    /// Frames among them that are marked corrupt.
    public let corruptFrameCount: UInt64
    /// Gaps.
    public let gapCount: UInt64
    /// Payload bytes that were stored now.
    public let byteCount: UInt64
    /// Whether the stream lacks something that the input had, or holds what is damaged.
    public let hasLosses: Bool
}
