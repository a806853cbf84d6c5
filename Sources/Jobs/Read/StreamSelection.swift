public import FrameStreams
internal import Stages

/// Which frames of a stream are read.
public struct StreamSelection: Hashable, Sendable {
    /// What is wanted of them.
    public var frames = FrameSelection()
    /// The last so many of the stream.
    public var last: UInt64?
    /// Whether to go on at the tail as the stream grows, until it is sealed or the job is stopped.
    public var follows = false

    /// Everything that is there.
    public init() {}

    /// Whether every frame is wanted.
    public var isEverything: Bool { frames.isEverything && last == nil }
}
