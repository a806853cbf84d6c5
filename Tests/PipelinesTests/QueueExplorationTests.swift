import TestSupport
import Testing

@testable import Pipelines

/// Plays a machine against the plainest model of a queue, and notes whatever differs.
struct QueueWalk: ~Copyable {
    /// What can happen to a queue.
    enum Event: CaseIterable {
        case offerSmall, offerLarge, offerKeyframe
        case waitForRoom, cancelProducer
        case take, waitForItem, cancelConsumer
        case finish, stop, fail, abandon

        /// Whether one of the two ends is gone after it.
        var isEnding: Bool {
            switch self {
            case .finish, .stop, .fail, .abandon: true
            case .offerSmall, .offerLarge, .offerKeyframe, .waitForRoom, .cancelProducer, .take,
                .waitForItem, .cancelConsumer:
                false
            }
        }
    }

    static let producerToken = 1
    static let consumerToken = 2
    static let largeByteCount = 4

    private var machine: TokenMachine
    private let limits: QueueLimits
    private let policy: OverflowPolicy

    /// Numbers that are on their way, in order, with those that are missing among them.
    private var model: [Int] = []
    private var nextNumber = 1
    /// What the producer was refused with, so that it may wait.
    private var refusedByteCount: Int?
    private var isConsumerRefused = false
    private var isProducerWaiting = false
    private var isConsumerWaiting = false
    private var verdict: QueueVerdict?
    private var isAbandoned = false
    private(set) var faults: [String] = []

    init(limits: QueueLimits, policy: OverflowPolicy) {
        self.limits = limits
        self.policy = policy
        machine = TokenMachine(limits: limits, policy: policy)
    }

    /// Whether the two ends of a queue can cause `event` now.
    func admits(_ event: Event) -> Bool {
        let producerRuns = verdict == nil && !isProducerWaiting
        let consumerRuns = !isAbandoned && !isConsumerWaiting
        return switch event {
        case .offerSmall, .offerLarge, .offerKeyframe: producerRuns && refusedByteCount == nil
        case .waitForRoom: producerRuns && refusedByteCount != nil
        case .cancelProducer: isProducerWaiting
        case .take: consumerRuns && !isConsumerRefused
        case .waitForItem: consumerRuns && isConsumerRefused
        case .cancelConsumer: isConsumerWaiting
        case .finish, .stop, .fail: producerRuns
        case .abandon: consumerRuns
        }
    }

    mutating func apply(_ event: Event) {
        switch event {
        case .offerSmall: offer(.delta(nextNumber))
        case .offerKeyframe: offer(.key(nextNumber))
        case .offerLarge: offer(.key(nextNumber, byteCount: Self.largeByteCount))
        case .waitForRoom: waitForRoom()
        case .cancelProducer:
            check(machine.cancelProducer() == Self.producerToken, "a waiting producer is cancelled")
            isProducerWaiting = false
        case .take: take()
        case .waitForItem:
            isConsumerRefused = false
            isConsumerWaiting = machine.waitForItem(Self.consumerToken) == .wait
        case .cancelConsumer:
            check(machine.cancelConsumer() == Self.consumerToken, "a waiting consumer is cancelled")
            isConsumerWaiting = false
        case .finish: end(.finished)
        case .stop: end(.stopped)
        case .fail: end(.failed)
        case .abandon:
            wakeProducer(machine.abandon())
            check(!isProducerWaiting, "nobody waits for room that nobody makes")
            isAbandoned = true
            model = []
        }
        checkInvariants()
    }

    private mutating func offer(_ item: TokenItem) {
        switch machine.offer(item) {
        case .accepted(let consumer):
            model.append(nextNumber)
            wakeConsumer(consumer)
        case .dropped:
            check(policy == .dropToKeyframe, "only a live source drops")
            model.append(nextNumber)
        case .full:
            check(policy == .wait, "a live source never waits")
            refusedByteCount = item.byteCount
            return
        case .abandoned:
            check(isAbandoned, "somebody listens")
        }
        nextNumber += 1
    }

    private mutating func waitForRoom() {
        let byteCount = refusedByteCount ?? 0
        refusedByteCount = nil
        isProducerWaiting = machine.waitForRoom(for: byteCount, Self.producerToken) == .wait
    }

    private mutating func take() {
        switch machine.take() {
        case .item(let item, let producer):
            check(model.starts(with: item.numbers), "\(item.numbers) leave in order: \(model)")
            model.removeFirst(min(model.count, item.numbers.count))
            wakeProducer(producer)
        case .empty:
            check(verdict == nil, "an input that has ended is not empty for ever")
            check(model.isEmpty || policy == .dropToKeyframe, "what waits is given out: \(model)")
            isConsumerRefused = true
        case .ended(let told):
            check(told == verdict, "the verdict is that of the pipeline")
            check(told == .failed || model.isEmpty, "all comes before the end: \(model)")
        }
    }

    private mutating func end(_ verdict: QueueVerdict) {
        self.verdict = verdict
        refusedByteCount = nil
        if verdict == .failed { model = [] }
        wakeConsumer(machine.end(verdict))
        check(!isConsumerWaiting, "nobody waits for what never comes")
    }

    private mutating func wakeProducer(_ token: Int?) {
        guard let token else { return }
        check(token == Self.producerToken && isProducerWaiting, "only who waits is woken")
        isProducerWaiting = false
    }

    private mutating func wakeConsumer(_ token: Int?) {
        guard let token else { return }
        check(token == Self.consumerToken && isConsumerWaiting, "only who waits is woken")
        isConsumerWaiting = false
    }

    private mutating func checkInvariants() {
        let counters = machine.counters
        check(!(isProducerWaiting && isConsumerWaiting), "the two ends do not wait for each other")
        if isProducerWaiting {
            check(counters.waitingElementCount > 0, "a producer waits for a taker")
        }
        if isConsumerWaiting {
            check(counters.waitingElementCount == 0, "there is something to take")
        }
        // One in front of a keyframe that came in last, and one behind it at the end.
        let lossCount = policy == .dropToKeyframe ? 2 : 0
        check(
            counters.waitingElementCount <= limits.elementCountMaximum + lossCount,
            "\(counters.waitingElementCount) wait"
        )
        check(
            counters.waitingByteCount <= limits.byteCountMaximum + lossCount
                || counters.waitingElementCount <= 1 + lossCount,
            "\(counters.waitingByteCount) bytes wait"
        )
        if isAbandoned { check(counters.waitingElementCount == 0, "nothing waits for nobody") }
    }

    private mutating func check(_ condition: Bool, _ law: String) {
        if !condition { faults.append(law) }
    }
}

@Suite("FrameQueueStateMachine, all short histories") struct QueueExplorationTests {
    static let eventCountMaximum = 7

    @Test(
        "no history of a few events breaks an invariant, loses, repeats or reorders an item",
        arguments: [
            QueueLimits(byteCountMaximum: 3, elementCountMaximum: 1),
            QueueLimits(byteCountMaximum: 3, elementCountMaximum: 2),
            QueueLimits(byteCountMaximum: 5, elementCountMaximum: 3),
        ],
        [OverflowPolicy.wait, .dropToKeyframe]
    )
    func everyHistory(limits: QueueLimits, policy: OverflowPolicy) {
        var history: [QueueWalk.Event] = []
        var historyCount = 0
        #expect(firstFault(limits, policy, &history, &historyCount) == nil)
        #expect(historyCount > 10_000)
    }

    @Test("no long random history does either", arguments: [OverflowPolicy.wait, .dropToKeyframe])
    func randomHistories(policy: OverflowPolicy) {
        for seed in 1...500 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var walk = QueueWalk(
                limits: QueueLimits(
                    byteCountMaximum: Int.random(in: 1...12, using: &generator),
                    elementCountMaximum: Int.random(in: 1...6, using: &generator)
                ),
                policy: policy
            )
            for _ in 0..<100 {
                // The ends of a history are rare events, or it would be short.
                let isRough = Int.random(in: 0..<50, using: &generator) == 0
                let events = QueueWalk.Event.allCases.filter { event in
                    walk.admits(event) && (isRough || !event.isEnding)
                }
                guard let event = events.randomElement(using: &generator) else { continue }
                walk.apply(event)
            }
            #expect(walk.faults == [], "seed \(seed)")
        }
    }

    /// Goes through all events that can follow `history`.
    ///
    /// - Returns: The first history that breaks a law, and the law.
    private func firstFault(
        _ limits: QueueLimits,
        _ policy: OverflowPolicy,
        _ history: inout [QueueWalk.Event],
        _ historyCount: inout Int
    ) -> String? {
        var walk = QueueWalk(limits: limits, policy: policy)
        for event in history { walk.apply(event) }
        guard walk.faults.isEmpty else { return "\(history): \(walk.faults)" }
        historyCount += 1
        guard history.count < Self.eventCountMaximum else { return nil }
        for event in QueueWalk.Event.allCases where walk.admits(event) {
            history.append(event)
            let fault = firstFault(limits, policy, &history, &historyCount)
            history.removeLast()
            guard fault == nil else { return fault }
        }
        return nil
    }
}
