/// The sending end of the queue behind a stage.
///
/// Destroying it says nothing to the next stage: whether the input has ended well is known once
/// `run` has returned, and the pipeline tells it then.
public struct FrameOutput: ~Copyable, Sendable {
    private let queue: FrameQueue
    private let acknowledgements: Acknowledgements
    private let signal: StopSignal
    private var registrations: [StopSignal.Registration] = []

    init(queue: FrameQueue, acknowledgements: Acknowledgements, signal: StopSignal) {
        self.queue = queue
        self.acknowledgements = acknowledgements
        self.signal = signal
    }

    /// Hands an element to the next stage; suspends while the queue is full.
    ///
    /// - Throws: `CancellationError` when nobody listens any more, or the task is cancelled. A
    ///   stage lets the error through.
    public mutating func send(_ element: Element) async throws {
        try await queue.send(element)
    }

    /// Whether a source is to end: somebody asked for it, or nobody wants more.
    public var isStopRequested: Bool { signal.isRaised }

    /// Calls `handler`, on any thread, when ``isStopRequested`` becomes true, or now if it is; for
    /// sources that block or wait for the outside.
    ///
    /// The handler stays registered as long as the output lives.
    ///
    /// - Returns: What keeps it registered beyond that.
    @discardableResult
    public mutating func onStop(
        _ handler: @escaping @Sendable () -> Void
    ) -> StopSignal.Registration {
        let registration = signal.onStop(handler)
        registrations.append(registration)
        return registration
    }

    /// The origin up to which everything is durable; 0 before the first acknowledgement.
    public var acknowledgedOrigin: UInt64 { acknowledgements.origin }
}
