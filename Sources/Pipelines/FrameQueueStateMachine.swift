internal import DequeModule

/// Decides what happens as elements enter and leave a bounded queue with one end on each side.
///
/// The machine has no effects. Every method returns the action that its caller performs after
/// releasing the lock; tests drive it with integers in place of continuations.
///
/// - Invariant: A consumer waits only while the buffer is empty and the verdict is out.
/// - Invariant: A producer waits only while there is no room.
/// - Invariant: More than the limits is buffered only as one single element.
struct FrameQueueStateMachine<Item, Producer, Consumer> {
    /// How the producing stage ended.
    enum Verdict: Hashable {
        /// It reached the end of what it had.
        case finished
        /// It was told to stop before.
        case stopped
        /// It failed; what is buffered is of no use any more.
        case failed
    }

    enum OfferAction {
        /// The element is buffered; the consumer, if one waits, goes on.
        case accepted(Consumer?)
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
        /// The oldest element; the producer, if one waits, goes on.
        case element(Item, Producer?)
        /// Nothing yet: the consumer waits and takes again.
        case empty
        /// Nothing ever again.
        case ended(Verdict)
    }

    private let limits: QueueLimits
    private var buffer: Deque<(item: Item, byteCount: Int)> = []
    private var byteCount = 0
    private var producer: Producer?
    private var consumer: Consumer?
    private var verdict: Verdict?
    private var isAbandoned = false

    init(limits: QueueLimits) {
        self.limits = limits
    }

    /// The producer has an element.
    mutating func offer(_ item: Item, byteCount itemByteCount: Int) -> OfferAction {
        assert(verdict == nil, "a stage that has ended sends nothing")
        guard !isAbandoned else { return .abandoned }
        guard hasRoom(for: itemByteCount) else { return .full }
        buffer.append((item, itemByteCount))
        byteCount += itemByteCount
        return .accepted(consumer.take())
    }

    /// The producer was refused, and wants to know when to offer again.
    mutating func waitForRoom(for itemByteCount: Int, _ token: Producer) -> WaitAction {
        guard !isAbandoned, !hasRoom(for: itemByteCount) else { return .proceed }
        producer = token
        return .wait
    }

    /// The consumer wants an element.
    mutating func take() -> TakeAction {
        if verdict == .failed { return .ended(.failed) }
        if let (item, itemByteCount) = buffer.popFirst() {
            byteCount -= itemByteCount
            return .element(item, producer.take())
        }
        return verdict.map { .ended($0) } ?? .empty
    }

    /// The consumer found nothing, and wants to know when to look again.
    mutating func waitForElement(_ token: Consumer) -> WaitAction {
        guard buffer.isEmpty, verdict == nil else { return .proceed }
        consumer = token
        return .wait
    }

    /// The producing stage has ended.
    ///
    /// - Returns: The consumer, if one waits.
    mutating func end(_ verdict: Verdict) -> Consumer? {
        self.verdict = verdict
        if verdict == .failed { dropBuffer() }
        return consumer.take()
    }

    /// The consuming stage has ended.
    ///
    /// - Returns: The producer, if one waits.
    mutating func abandon() -> Producer? {
        isAbandoned = true
        dropBuffer()
        return producer.take()
    }

    /// The producer's task was cancelled.
    mutating func cancelProducer() -> Producer? { producer.take() }

    /// The consumer's task was cancelled.
    mutating func cancelConsumer() -> Consumer? { consumer.take() }

    private func hasRoom(for itemByteCount: Int) -> Bool {
        buffer.isEmpty
            || (buffer.count < limits.elementCountMaximum
                && byteCount + itemByteCount <= limits.byteCountMaximum)
    }

    private mutating func dropBuffer() {
        buffer.removeAll()
        byteCount = 0
    }
}

extension FrameQueueStateMachine: Sendable
where Item: Sendable, Producer: Sendable, Consumer: Sendable {}
