public import FrameFormat

/// The receiving end of the queue in front of a stage. Destroying it tells the sender that nobody
/// listens, and is how a stage that has all it wants ends the stages in front of it.
public struct FrameInput: ~Copyable, Sendable {
    private let queue: FrameQueue
    private let acknowledgements: Acknowledgements
    private let ending: InputEnding

    /// Whether the input ended because its source was told to stop, not because it had no more.
    ///
    /// Known once ``next()`` has returned `nil`. After a stop, a decoder is not drained and the end
    /// of a source is not written down.
    public private(set) var isStopped = false

    init(queue: FrameQueue, acknowledgements: Acknowledgements, ending: InputEnding) {
        self.queue = queue
        self.acknowledgements = acknowledgements
        self.ending = ending
    }

    deinit {
        queue.abandon()
    }

    /// Whether nothing waits to be received at the moment.
    public var isEmpty: Bool { queue.isEmpty }

    /// The next element, waiting for it.
    ///
    /// - Returns: `nil` when there are no more, because the stages in front finished or were
    ///   stopped.
    /// - Throws: When a stage in front failed, or the task is cancelled: what came so far is then
    ///   not all. A stage lets the error through, and completes nothing.
    public mutating func next() async throws -> Element? {
        let (element, wasStopped) = try await queue.next()
        if wasStopped {
            isStopped = true
            ending.noteStop()
        }
        return element
    }

    /// The next frame, waiting for it; gaps before it go to `output` as they are.
    ///
    /// - Returns: `nil` when there are no more, as ``next()`` does.
    /// - Throws: What ``next()`` and ``FrameOutput/send(_:)`` throw.
    public mutating func nextFrame(
        forwardingGapsTo output: inout FrameOutput
    ) async throws -> Frame? {
        while let element = try await next() {
            switch element {
            case .frame(let frame): return frame
            case .gap: try await output.send(element)
            }
        }
        return nil
    }

    /// Tells the source that everything up to `origin` is durable.
    public func acknowledge(through origin: UInt64) {
        acknowledgements.advance(to: origin)
    }
}
