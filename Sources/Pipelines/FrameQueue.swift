internal import Synchronization

/// The stage in front has failed, and what it would have sent never comes.
struct UpstreamFailed: Error {}

/// The queue between two stages: a lock and continuations around ``FrameQueueStateMachine``.
final class FrameQueue: Sendable {
    private typealias Continuation = CheckedContinuation<Void, Never>
    private typealias Machine = FrameQueueStateMachine<Element, Continuation, Continuation>

    private struct State: ~Copyable {
        var machine: Machine
        /// How long the stage in front has waited for room.
        var roomWait = WaitingTime()
        /// How long the stage behind has waited for an element.
        var elementWait = WaitingTime()
    }

    /// What a moment shows of the queue and its two ends.
    struct Snapshot {
        let counters: QueueCounters
        let roomWait: WaitingTime
        let elementWait: WaitingTime
    }

    private let state: Mutex<State>

    init(limits: QueueLimits, policy: OverflowPolicy = .wait) {
        state = Mutex(State(machine: Machine(limits: limits, policy: policy)))
    }

    /// Suspends while there is no room.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, or nobody will take the element.
    func send(_ element: Element) async throws {
        let byteCount = element.byteCount
        while true {
            try Task.checkCancellation()
            let action = state.withLock { $0.machine.offer(element, byteCount: byteCount) }
            switch action {
            case .accepted(let consumer):
                consumer?.resume()
                return
            case .dropped:
                return
            case .full:
                await waitForRoom(for: byteCount)
            case .abandoned:
                throw CancellationError()
            }
        }
    }

    /// Suspends while there is nothing.
    ///
    /// - Returns: `nil` when nothing comes any more, and whether that is because of a stop.
    func next() async throws -> (Element?, wasStopped: Bool) {
        while true {
            try Task.checkCancellation()
            let action = state.withLock { $0.machine.take() }
            switch action {
            case .item(let element, let producer):
                producer?.resume()
                return (element, false)
            case .empty:
                await waitForElement()
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
    func end(_ verdict: QueueVerdict) {
        let consumer = state.withLock { $0.machine.end(verdict) }
        consumer?.resume()
    }

    /// The consuming stage has ended.
    func abandon() {
        let producer = state.withLock { $0.machine.abandon() }
        producer?.resume()
    }

    /// Whether nothing waits to be received.
    var isEmpty: Bool { state.withLock { $0.machine.isEmpty } }

    /// Whether the consuming stage has ended.
    var isAbandoned: Bool { state.withLock { $0.machine.isAbandoned } }

    /// What the queue looks like now.
    var snapshot: Snapshot {
        state.withLock { state in
            Snapshot(
                counters: state.machine.counters,
                roomWait: state.roomWait,
                elementWait: state.elementWait
            )
        }
    }

    private func waitForRoom(for byteCount: Int) async {
        await wait { state, continuation in
            guard case .wait = state.machine.waitForRoom(for: byteCount, continuation) else {
                return .proceed
            }
            state.roomWait.begin(at: .now)
            return .wait
        } cancel: { state in
            state.machine.cancelProducer()
        }
        state.withLock { $0.roomWait.end(at: .now) }
    }

    private func waitForElement() async {
        await wait { state, continuation in
            guard case .wait = state.machine.waitForItem(continuation) else { return .proceed }
            state.elementWait.begin(at: .now)
            return .wait
        } cancel: { state in
            state.machine.cancelConsumer()
        }
        state.withLock { $0.elementWait.end(at: .now) }
    }

    /// Suspends, unless there is nothing to wait for or the task is cancelled by then.
    private func wait(
        _ register: (inout State, Continuation) -> Machine.WaitAction,
        cancel: @escaping @Sendable (inout State) -> Continuation?
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let action = state.withLock { state -> Machine.WaitAction in
                    // The handler may have run before; then it found nobody to wake.
                    Task.isCancelled ? .proceed : register(&state, continuation)
                }
                if case .proceed = action { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { cancel(&$0) }
            waiting?.resume()
        }
    }
}
