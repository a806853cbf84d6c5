/// What a job has to say while it runs.
public enum JobEvent: Sendable {
    /// Something worth knowing, which needs no action: one line.
    case note(String)
    /// Something was lost or damaged, or is about to be: one line.
    case warning(String)
    /// From now on this is worked on; progress counts from here.
    case begins(String)
    /// How far the work has come.
    case progress(JobProgress)
}

/// How far a piece of work has come.
public struct JobProgress: Hashable, Sendable {
    /// Frames that are done.
    public var frameCount: UInt64
    /// Bytes that are done.
    public var byteCount: UInt64
    /// Of the whole, from 0 to 1; `nil` where the whole is not known.
    public var fraction: Double?

    /// Makes a measure.
    public init(frameCount: UInt64, byteCount: UInt64, fraction: Double? = nil) {
        self.frameCount = frameCount
        self.byteCount = byteCount
        self.fraction = fraction
    }
}
