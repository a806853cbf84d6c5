import Testing

@testable import Pipelines

@Suite("FrameQueueStateMachine") struct FrameQueueStateMachineTests {
    @Test("items leave in the order in which they came")
    func order() {
        var machine = TokenMachine(limits: QueueLimits())
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.offer(2) == .accepted(nil))
        #expect(machine.take() == .item(1, nil))
        #expect(machine.offer(3) == .accepted(nil))
        #expect(machine.take() == .item(2, nil))
        #expect(machine.take() == .item(3, nil))
        #expect(machine.take() == .empty)
    }

    @Test("a consumer that waits is woken by the first item, and only once")
    func wakesConsumer() {
        var machine = TokenMachine(limits: QueueLimits())
        #expect(machine.take() == .empty)
        #expect(machine.waitForItem(7) == .wait)
        #expect(machine.offer(1) == .accepted(7))
        #expect(machine.offer(2) == .accepted(nil))
        #expect(machine.waitForItem(8) == .proceed)
    }

    @Test("a producer waits for room, and is woken when the queue is half empty")
    func wakesProducer() {
        var machine = TokenMachine(limits: QueueLimits(elementCountMaximum: 4))
        for number in 1...4 {
            #expect(machine.offer(.delta(number)) == .accepted(nil))
        }
        #expect(machine.offer(5) == .full)
        #expect(machine.waitForRoom(for: 1, 9) == .wait)
        #expect(machine.take() == .item(1, nil))
        #expect(machine.take() == .item(2, 9))
        #expect(machine.offer(5) == .accepted(nil))
        #expect(machine.take() == .item(3, nil))
    }

    @Test("room that came between the offer and the wait is not missed")
    func noLostWakeup() {
        var machine = TokenMachine(limits: QueueLimits(elementCountMaximum: 1))
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.offer(2) == .full)
        #expect(machine.take() == .item(1, nil))
        #expect(machine.waitForRoom(for: 1, 9) == .proceed)
    }

    @Test("bytes are limited like items")
    func byteLimit() {
        var machine = TokenMachine(limits: QueueLimits(byteCountMaximum: 10))
        #expect(machine.offer(.key(1, byteCount: 6)) == .accepted(nil))
        #expect(machine.offer(.key(2, byteCount: 5)) == .full)
        #expect(machine.offer(.key(2, byteCount: 4)) == .accepted(nil))
        #expect(machine.counters.waitingByteCount == 10)
    }

    @Test("an empty queue admits any one item, whatever its size")
    func anyOneItem() {
        var machine = TokenMachine(limits: QueueLimits(byteCountMaximum: 10))
        #expect(machine.offer(.key(1, byteCount: 1000)) == .accepted(nil))
        #expect(machine.offer(.key(2, byteCount: 1)) == .full)
        #expect(machine.waitForRoom(for: 1, 9) == .wait)
        #expect(machine.take() == .item(.key(1, byteCount: 1000), 9))
    }

    @Test(
        "what waits is delivered before the verdict",
        arguments: [
            QueueVerdict.finished, .stopped,
        ]
    )
    func endsAfterItems(_ verdict: QueueVerdict) {
        var machine = TokenMachine(limits: QueueLimits())
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.end(verdict) == nil)
        #expect(machine.take() == .item(1, nil))
        #expect(machine.take() == .ended(verdict))
        #expect(machine.take() == .ended(verdict))
    }

    @Test("a failure is told at once, and what waits is dropped")
    func failsAtOnce() {
        var machine = TokenMachine(limits: QueueLimits())
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.end(.failed) == nil)
        #expect(machine.take() == .ended(.failed))
        #expect(machine.counters.waitingElementCount == 0)
        #expect(machine.counters.waitingByteCount == 0)
    }

    @Test(
        "a consumer that waits hears every verdict",
        arguments: [
            QueueVerdict.finished, .stopped, .failed,
        ]
    )
    func verdictWakesConsumer(_ verdict: QueueVerdict) {
        var machine = TokenMachine(limits: QueueLimits())
        #expect(machine.waitForItem(7) == .wait)
        #expect(machine.end(verdict) == 7)
        #expect(machine.waitForItem(8) == .proceed)
        #expect(machine.take() == .ended(verdict))
    }

    @Test("a producer that waits hears that nobody listens")
    func abandonWakesProducer() {
        var machine = TokenMachine(limits: QueueLimits(elementCountMaximum: 1))
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.waitForRoom(for: 1, 9) == .wait)
        #expect(machine.isAbandoned == false)
        #expect(machine.abandon() == 9)
        #expect(machine.isAbandoned == true)
        #expect(machine.offer(2) == .abandoned)
        #expect(machine.waitForRoom(for: 1, 9) == .proceed)
        #expect(machine.abandon() == nil)
        #expect(machine.end(.finished) == nil)
    }

    @Test("a wait that is cancelled gives its token back, and nothing is lost by it")
    func cancelledWaits() {
        var machine = TokenMachine(limits: QueueLimits(elementCountMaximum: 1))
        #expect(machine.cancelConsumer() == nil)
        #expect(machine.waitForItem(7) == .wait)
        #expect(machine.cancelConsumer() == 7)
        #expect(machine.offer(1) == .accepted(nil))
        #expect(machine.waitForRoom(for: 1, 9) == .wait)
        #expect(machine.cancelProducer() == 9)
        #expect(machine.cancelProducer() == nil)
        #expect(machine.take() == .item(1, nil))
    }
}

@Suite("FrameQueueStateMachine behind a live source") struct OverflowTests {
    private func makeMachine(elementCountMaximum: Int = 2) -> TokenMachine {
        TokenMachine(
            limits: QueueLimits(elementCountMaximum: elementCountMaximum),
            policy: .dropToKeyframe
        )
    }

    @Test("what finds no room is dropped, and all behind it up to the next keyframe")
    func dropsToKeyframe() {
        var machine = makeMachine()
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .accepted(nil))
        #expect(machine.offer(.delta(3)) == .dropped)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.offer(.delta(4)) == .dropped, "it needs what was dropped")
        #expect(machine.offer(.key(5)) == .accepted(nil))
        #expect(machine.take() == .item(.delta(2), nil))
        #expect(machine.take() == .item(.lost(3, 4), nil))
        #expect(machine.take() == .item(.key(5), nil))
        #expect(machine.take() == .empty)
        #expect(machine.counters.droppedFrameCount == 2)
    }

    @Test("a keyframe that finds no room is dropped too, into the same gap")
    func dropsKeyframes() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.key(2)) == .dropped)
        #expect(machine.offer(.delta(3)) == .dropped)
        #expect(machine.offer(.key(4)) == .dropped)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.offer(.key(5)) == .accepted(nil))
        #expect(machine.take() == .item(.lost(2, 3, 4), nil))
        #expect(machine.take() == .item(.key(5), nil))
    }

    @Test("drops at the end are told before the verdict")
    func tellsAtTheEnd() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .dropped)
        #expect(machine.end(.stopped) == nil)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.take() == .item(.lost(2), nil))
        #expect(machine.take() == .ended(.stopped))
    }

    @Test("a consumer that waits while frames are dropped is woken by the next keyframe")
    func waitsForKeyframe() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .dropped)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.take() == .empty)
        #expect(machine.waitForItem(7) == .wait)
        #expect(machine.offer(.delta(3)) == .dropped)
        #expect(machine.offer(.key(4)) == .accepted(7))
    }

    @Test("a gap of the source that finds no room waits without dropping anything")
    func keepsSourceGap() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.delta(1)) == .accepted(nil))
        #expect(machine.offer(.lost(2)) == .dropped)
        #expect(machine.take() == .item(.delta(1), nil))
        #expect(machine.waitForItem(7) == .proceed)
        #expect(machine.take() == .item(.lost(2), nil))
        #expect(machine.offer(.delta(3)) == .accepted(nil), "nothing that it needs was dropped")
        #expect(machine.counters.droppedFrameCount == 0)
    }

    @Test("a gap of the source among drops becomes part of theirs")
    func mergesSourceGap() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .dropped)
        #expect(machine.offer(.lost(3)) == .dropped)
        #expect(machine.offer(.delta(4)) == .dropped)
        #expect(machine.end(.finished) == nil)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.take() == .item(.lost(2, 3, 4), nil))
    }

    @Test("losses that have to be told apart stay apart, in order")
    func separateLosses() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .dropped)
        #expect(machine.offer(.delta(101)) == .dropped)
        #expect(machine.end(.finished) == nil)
        #expect(machine.take() == .item(.key(1), nil))
        #expect(machine.take() == .item(.lost(2), nil))
        #expect(machine.take() == .item(.lost(101), nil))
        #expect(machine.take() == .ended(.finished))
    }

    @Test("a failure drops what is to be told as well")
    func failure() {
        var machine = makeMachine(elementCountMaximum: 1)
        #expect(machine.offer(.key(1)) == .accepted(nil))
        #expect(machine.offer(.delta(2)) == .dropped)
        #expect(machine.end(.failed) == nil)
        #expect(machine.take() == .ended(.failed))
    }
}
