internal import Synchronization

/// Nobody takes what a stage sends any more: the stages behind it have all they want.
struct NobodyListens: Error {}

/// The stage in front has failed, and what it would have sent never comes.
struct UpstreamFailed: Error {}

/// The queue between two stages: a lock and continuations around ``FrameQueueStateMachine``.
final class FrameQueue: Sendable {
    private typealias Continuation = CheckedContinuation<Void, Never>
    private typealias Machine = FrameQueueStateMachine<Element, Continuation, Continuation>

    private let machine: Mutex<Machine>

    init(limits: QueueLimits) {
        machine = Mutex(Machine(limits: limits))
    }

    /// Suspends while there is no room.
    func send(_ element: Element) async throws {
        let byteCount = element.byteCount
        while true {
            try Task.checkCancellation()
            switch machine.withLock({ $0.offer(element, byteCount: byteCount) }) {
            case .accepted(let consumer):
                consumer?.resume()
                return
            case .full:
                await wait(
                    { machine, token in machine.waitForRoom(for: byteCount, token) },
                    cancel: { $0.cancelProducer() }
                )
            case .abandoned:
                throw NobodyListens()
            }
        }
    }

    /// Suspends while there is nothing.
    ///
    /// - Returns: `nil` when nothing comes any more, with the verdict.
    func next() async throws -> (Element?, wasStopped: Bool) {
        while true {
            try Task.checkCancellation()
            switch machine.withLock({ $0.take() }) {
            case .element(let element, let producer):
                producer?.resume()
                return (element, false)
            case .empty:
                await wait(
                    { machine, token in machine.waitForElement(token) },
                    cancel: { $0.cancelConsumer() }
                )
            case .ended(.finished):
                return (nil, false)
            case .ended(.stopped):
                return (nil, true)
            case .ended(.failed):
                throw UpstreamFailed()
            }
        }
    }

    /// The producing stage has ended.
    func end(
        _ verdict: FrameQueueStateMachine<
            Element, CheckedContinuation<Void, Never>, CheckedContinuation<Void, Never>
        >.Verdict
    ) {
        machine.withLock { $0.end(verdict) }?.resume()
    }

    /// The consuming stage has ended.
    func abandon() {
        machine.withLock { $0.abandon() }?.resume()
    }

    /// Registers a continuation, unless there is nothing to wait for or the task is cancelled by
    /// then.
    private func wait(
        _ register: @Sendable (inout Machine, Continuation) -> Machine.WaitAction,
        cancel: @escaping @Sendable (inout Machine) -> Continuation?
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let action = machine.withLock { machine -> Machine.WaitAction in
                    // The handler may have run before; then it found nobody to wake.
                    Task.isCancelled ? .proceed : register(&machine, continuation)
                }
                if case .proceed = action { continuation.resume() }
            }
        } onCancel: {
            machine.withLock { cancel(&$0) }?.resume()
        }
    }
}
