/// The sending end of the queue behind a stage.
public struct FrameOutput: ~Copyable, Sendable {
    private let queue: FrameQueue
    private let acknowledgements: Acknowledgements
    private let signal: StopSignal

    init(queue: FrameQueue, acknowledgements: Acknowledgements, signal: StopSignal) {
        self.queue = queue
        self.acknowledgements = acknowledgements
        self.signal = signal
    }

    /// Hands an element to the next stage; suspends while the queue is full.
    ///
    /// - Throws: When nobody listens any more, or the task is cancelled. A stage lets the error
    ///   through.
    public mutating func send(_ element: Element) async throws {
        try await queue.send(element)
    }

    /// Whether a source is to end: somebody asked for it, or nobody wants more.
    public var isStopRequested: Bool { signal.isRaised }

    /// Calls `handler`, on any thread, when ``isStopRequested`` becomes true; for sources that
    /// block.
    ///
    /// - Returns: What keeps the handler registered for as long as it lives.
    public func onStop(_ handler: @escaping @Sendable () -> Void) -> StopSignal.Registration {
        signal.onStop(handler)
    }

    /// The origin up to which everything is durable; 0 before the first acknowledgement.
    public var acknowledgedOrigin: UInt64 { acknowledgements.origin }
}
