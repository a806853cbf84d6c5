import Testing

@testable import Pipelines

@Suite("FrameQueue", .timeLimit(.minutes(1))) struct FrameQueueTests {
    @Test(
        "a producer is never ahead by more than the limits",
        arguments: [
            QueueLimits(byteCountMaximum: 1000, elementCountMaximum: 1),
            QueueLimits(byteCountMaximum: 1000, elementCountMaximum: 7),
            QueueLimits(byteCountMaximum: 35, elementCountMaximum: 100),
        ]
    )
    func backpressure(limits: QueueLimits) async throws {
        let queue = FrameQueue(limits: limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for ordinal in 1...1000 as ClosedRange<UInt64> {
                    try await queue.send(Elements.picture(ordinal, byteCount: 10))
                }
                queue.end(.finished)
            }
            var expected: UInt64 = 1
            while let element = try await queue.next().0 {
                #expect(element.ordinal == expected)
                expected += 1
                let counters = queue.snapshot.counters
                #expect(counters.waitingElementCount <= limits.elementCountMaximum)
                #expect(counters.waitingByteCount <= limits.byteCountMaximum)
            }
            #expect(expected == 1001)
            try await group.waitForAll()
        }
    }

    @Test("a producer that waits for room is told of its cancellation")
    func cancelsProducer() async throws {
        let queue = FrameQueue(limits: QueueLimits(elementCountMaximum: 1))
        try await queue.send(Elements.picture(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await queue.send(Elements.picture(2))
                }
            }
            await until { queue.snapshot.roomWait.isWaiting }
            group.cancelAll()
        }
        #expect(try await queue.next().0?.ordinal == 1)
        #expect(queue.snapshot.counters.waitingElementCount == 0)
    }

    @Test("a consumer that waits for an element is told of its cancellation")
    func cancelsConsumer() async throws {
        let queue = FrameQueue(limits: QueueLimits())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await queue.next() }
            }
            await until { queue.snapshot.elementWait.isWaiting }
            group.cancelAll()
        }
        try await queue.send(Elements.picture(1))
        #expect(try await queue.next().0?.ordinal == 1)
    }

    @Test("a task that is cancelled before neither sends nor takes")
    func cancelledBefore() async throws {
        let queue = FrameQueue(limits: QueueLimits())
        try await queue.send(Elements.picture(1))
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await queue.send(Elements.picture(2))
                }
                await #expect(throws: CancellationError.self) { try await queue.next() }
            }
        }
        #expect(queue.snapshot.counters.waitingElementCount == 1)
    }

    @Test("a producer that waits for room is told that nobody listens")
    func abandons() async throws {
        let queue = FrameQueue(limits: QueueLimits(elementCountMaximum: 1))
        try await queue.send(Elements.picture(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await queue.send(Elements.picture(2))
                }
            }
            await until { queue.snapshot.roomWait.isWaiting }
            queue.abandon()
        }
    }

    @Test("cancellation at any moment leaves nobody waiting", arguments: 0..<200)
    func cancellationAnywhere(yieldCount: Int) async {
        let queue = FrameQueue(limits: QueueLimits(elementCountMaximum: 2))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for ordinal in 1... as PartialRangeFrom<UInt64> {
                    do {
                        try await queue.send(Elements.picture(ordinal))
                    } catch {
                        return
                    }
                }
            }
            group.addTask {
                do {
                    while try await queue.next().0 != nil {}
                } catch {
                    return
                }
            }
            for _ in 0..<yieldCount { await Task.yield() }
            group.cancelAll()
        }
        #expect(!queue.snapshot.roomWait.isWaiting)
        #expect(!queue.snapshot.elementWait.isWaiting)
    }
}

@Suite("WaitingTime") struct WaitingTimeTests {
    @Test("the present wait counts before it is over")
    func countsPresentWait() {
        let start = ContinuousClock.now
        var time = WaitingTime()
        #expect(time.duration(until: start) == .zero)
        time.begin(at: start)
        #expect(time.isWaiting)
        #expect(time.duration(until: start + .seconds(2)) == .seconds(2))
        time.end(at: start + .seconds(3))
        #expect(!time.isWaiting)
        time.begin(at: start + .seconds(10))
        #expect(time.duration(until: start + .seconds(11)) == .seconds(4))
    }

    @Test("an end without a beginning is no wait")
    func endAlone() {
        var time = WaitingTime()
        time.end(at: .now)
        #expect(time.duration(until: .now) == .zero)
    }
}
