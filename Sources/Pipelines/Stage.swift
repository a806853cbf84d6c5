/// How the code of a stage may behave.
public enum StageExecution: Sendable {
    /// It suspends instead of blocking, and runs on the cooperative pool.
    case cooperative
    /// It calls functions that block or compute for long, and gets a thread of its own.
    case blocking
}

/// One station of a pipeline.
public protocol Stage: Sendable {
    /// The name of this kind of stage in pipeline files and logs.
    static var kind: String { get }
    /// Whether ``Source/run(_:)`` and its like may block.
    static var execution: StageExecution { get }
}

extension Stage {
    /// Most stages suspend.
    public static var execution: StageExecution { .cooperative }
}

/// Produces elements until there are no more, until it is stopped or until it is cancelled.
public protocol Source: Stage {
    /// Sends everything, and returns.
    ///
    /// A source that would go on checks ``FrameOutput/isStopRequested`` between elements, and
    /// returns early when it is true.
    func run(_ output: consuming FrameOutput) async throws
}

/// Turns elements into elements. Returns when the input has ended and everything has been sent.
public protocol Transform: Stage {
    /// Takes everything, sends everything, and returns.
    func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws
}

/// Takes elements to where they stay.
public protocol Sink: Stage {
    /// Takes everything, and returns once it is where it stays.
    func run(_ input: consuming FrameInput) async throws
}
