internal import DequeModule

/// Decides what happens as items enter and leave a bounded queue with one end on each side.
///
/// The machine has no effects. Every method returns the action that its caller performs after
/// releasing the lock; tests drive it with integers in place of continuations.
///
/// - Invariant: A consumer waits only while there is nothing to take and the verdict is out.
/// - Invariant: A producer waits only while there is something to take.
/// - Invariant: Above the limits there are at most a single item and two losses.
struct FrameQueueStateMachine<Item: QueueItem, Producer, Consumer>: ~Copyable {
    enum OfferAction {
        /// The item is in the queue; the consumer, if one waits, goes on.
        case accepted(Consumer?)
        /// The item is lost, and will be told about.
        case dropped
        /// There is no room: the producer waits and offers again.
        case full
        /// Nobody will ever take it.
        case abandoned
    }

    enum WaitAction {
        /// There is nothing to wait for.
        case proceed
        /// The token is kept until there is.
        case wait
    }

    enum TakeAction {
        /// The oldest item; the producer, if one waits and there is room enough, goes on.
        case item(Item, Producer?)
        /// Nothing yet: the consumer waits and takes again.
        case empty
        /// Nothing ever again.
        case ended(QueueVerdict)
    }

    private enum State {
        /// Both ends are there.
        case open
        /// The producing stage has ended; what waits is still to be taken.
        case ended(QueueVerdict)
        /// The consuming stage has ended; nothing will be taken any more.
        case abandoned
    }

    private let limits: QueueLimits
    private let policy: OverflowPolicy
    private var state = State.open
    private var buffer: Deque<(item: Item, byteCount: Int)> = []
    /// What was lost behind all that waits; it needs no room until something follows it.
    private var loss: Item.Loss?
    /// Whether what comes is lost until something independent finds room.
    private var isDropping = false
    private var producer: Producer?
    private var consumer: Consumer?

    /// Whether there is nothing to take.
    var isEmpty: Bool { buffer.isEmpty && loss == nil }

    /// What went through so far, and what waits.
    private(set) var counters = QueueCounters()

    init(limits: QueueLimits, policy: OverflowPolicy = .wait) {
        self.limits = limits
        self.policy = policy
    }

    /// Whether the consuming stage has ended, so that what the producing stage does is in vain.
    var isAbandoned: Bool {
        switch state {
        case .abandoned: true
        case .open, .ended: false
        }
    }

    /// The producer has an item.
    mutating func offer(_ item: Item, byteCount: Int) -> OfferAction {
        switch state {
        case .abandoned: return .abandoned
        case .ended: preconditionFailure("a stage that has ended sends nothing")
        case .open: break
        }
        let isWanted = !isDropping || (item.isContent && item.isIndependent)
        guard isWanted, hasRoom(for: byteCount) else {
            guard policy == .dropToKeyframe else { return .full }
            lose(item)
            return .dropped
        }
        settleLoss()
        append(item, byteCount: byteCount)
        return .accepted(consumer.take())
    }

    /// The producer was refused, and wants to know when to offer again.
    mutating func waitForRoom(for byteCount: Int, _ token: Producer) -> WaitAction {
        guard case .open = state, !hasRoom(for: byteCount) else { return .proceed }
        assert(producer == nil, "a queue has one producer")
        producer = token
        return .wait
    }

    /// The consumer wants an item.
    mutating func take() -> TakeAction {
        if case .ended(.failed) = state { return .ended(.failed) }
        // A gap of the source that found no room waits for nothing but its turn.
        if buffer.isEmpty, !isDropping { settleLoss() }
        if let (item, byteCount) = buffer.popFirst() {
            counters.waitingElementCount -= 1
            counters.waitingByteCount -= byteCount
            return .item(item, isDrained ? producer.take() : nil)
        }
        switch state {
        case .open: return .empty
        case .ended(let verdict): return .ended(verdict)
        case .abandoned: preconditionFailure("a stage that has ended takes nothing")
        }
    }

    /// The consumer found nothing, and wants to know when to look again.
    mutating func waitForItem(_ token: Consumer) -> WaitAction {
        guard case .open = state, buffer.isEmpty, isDropping || loss == nil else { return .proceed }
        assert(consumer == nil, "a queue has one consumer")
        consumer = token
        return .wait
    }

    /// The producing stage has ended.
    ///
    /// - Returns: The consumer, if one waits.
    mutating func end(_ verdict: QueueVerdict) -> Consumer? {
        switch state {
        case .open: state = .ended(verdict)
        case .ended: preconditionFailure("a stage ends once")
        case .abandoned: return nil
        }
        switch verdict {
        case .finished, .stopped: settleLoss()
        case .failed: removeAll()
        }
        return consumer.take()
    }

    /// The consuming stage has ended. Doing so again is no different.
    ///
    /// - Returns: The producer, if one waits.
    mutating func abandon() -> Producer? {
        state = .abandoned
        removeAll()
        return producer.take()
    }

    /// The producer's task was cancelled.
    mutating func cancelProducer() -> Producer? { producer.take() }

    /// The consumer's task was cancelled.
    mutating func cancelConsumer() -> Consumer? { consumer.take() }

    private func hasRoom(for byteCount: Int) -> Bool {
        buffer.isEmpty
            || (buffer.count < limits.elementCountMaximum
                && counters.waitingByteCount + byteCount <= limits.byteCountMaximum)
    }

    /// Whether a producer that waits is to go on: waking it for each single item that leaves would
    /// cost a change of threads for each.
    private var isDrained: Bool {
        buffer.count <= limits.elementCountMaximum / 2
            && counters.waitingByteCount <= limits.byteCountMaximum / 2
    }

    private mutating func append(_ item: Item, byteCount: Int) {
        buffer.append((item, byteCount))
        counters.waitingElementCount += 1
        counters.waitingByteCount += byteCount
        counters.sentElementCount += 1
        counters.sentByteCount += UInt64(byteCount)
    }

    private mutating func lose(_ item: Item) {
        if item.isContent {
            isDropping = true
            counters.droppedFrameCount += 1
        }
        guard var known = loss.take() else {
            loss = Item.Loss(item)
            return
        }
        if known.absorb(item) {
            loss = known
        } else {
            append(known.item, byteCount: known.item.byteCount)
            loss = Item.Loss(item)
        }
    }

    /// Puts what was lost into its place, which always has room.
    private mutating func settleLoss() {
        isDropping = false
        guard let item = loss.take()?.item else { return }
        append(item, byteCount: item.byteCount)
    }

    private mutating func removeAll() {
        buffer.removeAll()
        loss = nil
        counters.waitingElementCount = 0
        counters.waitingByteCount = 0
    }
}

// Actions are compared by tests, which are transcripts of events and actions.
extension FrameQueueStateMachine.OfferAction: Equatable where Consumer: Equatable {}
extension FrameQueueStateMachine.TakeAction: Equatable where Item: Equatable, Producer: Equatable {}

/// How the stage in front of a queue ended; the pipeline's word, not the stage's.
enum QueueVerdict: Hashable {
    /// It reached the end of what it had.
    case finished
    /// It was told to stop before.
    case stopped
    /// It failed; what waits is of no use any more.
    case failed
}
