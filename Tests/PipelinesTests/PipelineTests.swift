import Buffers
import FrameFormat
import Pipelines
import Synchronization
import Testing

private struct Failure: Error {}

private func frame(_ number: UInt64) -> Frame {
    var header = FrameHeader(codec: .raw, width: 1, height: 1)
    header.sequence = number
    return Frame(header: header, payload: BufferPool().makeBuffer(byteCount: 100).freeze())
}

/// Sends frames 1 to `count`, or until it is stopped.
private struct Numbers: Source {
    static let kind = "numbers"
    var count: UInt64 = 100
    var failsAt: UInt64?
    let sent = Counter()

    func run(_ output: consuming FrameOutput) async throws {
        for number in 1...count where !output.isStopRequested {
            if number == failsAt { throw Failure() }
            try await output.send(.frame(frame(number)))
            sent.value.store(number, ordering: .releasing)
        }
    }
}

private struct Pass: Transform {
    static let kind = "pass"
    static let execution = StageExecution.blocking
    var first = UInt64.max

    func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws {
        while let element = try await input.next() {
            guard case .frame(let frame) = element, frame.header.sequence <= first else { return }
            try await output.send(element)
        }
    }
}

private final class Counter: Sendable {
    let value = Atomic<UInt64>(0)
    let ended = Atomic<Bool>(false)
    let stopped = Atomic<Bool>(false)

    var count: UInt64 { value.load(ordering: .acquiring) }
    var hasEnded: Bool { ended.load(ordering: .acquiring) }
    var wasStopped: Bool { stopped.load(ordering: .acquiring) }
}

/// Counts what arrives in order.
private struct Count: Sink {
    static let kind = "count"
    let counter = Counter()
    var failsAt: UInt64?
    var onFrame: @Sendable (UInt64) -> Void = { _ in }

    func run(_ input: consuming FrameInput) async throws {
        while let element = try await input.next() {
            guard case .frame(let frame) = element else { continue }
            let number = frame.header.sequence
            #expect(number == counter.count + 1)
            if number == failsAt { throw Failure() }
            counter.value.store(number, ordering: .releasing)
            onFrame(number)
        }
        counter.ended.store(true, ordering: .releasing)
        counter.stopped.store(input.isStopped, ordering: .releasing)
    }
}

@Suite("pipelines")
struct PipelineTests {
    @Test("everything arrives, in order")
    func order() async throws {
        let sink = Count()
        try await Pipeline(name: "t", source: Numbers(), transforms: [Pass(), Pass()], sink: sink)
            .run()
        #expect(sink.counter.count == 100)
        #expect(sink.counter.hasEnded)
        #expect(!sink.counter.wasStopped)
    }

    @Test("a source is never further ahead than the queue allows", arguments: [1, 3])
    func backpressure(limit: Int) async throws {
        let source = Numbers()
        let sent = source.sent
        let sink = Count(onFrame: { number in
            let ahead = sent.count
            #expect(ahead <= number + UInt64(limit) + 1)
        })
        try await Pipeline(
            name: "t",
            source: source,
            sink: sink,
            limits: QueueLimits(byteCountMaximum: 1 << 20, elementCountMaximum: limit)
        ).run()
        #expect(sink.counter.count == 100)
    }

    @Test("an element larger than the whole queue passes when the queue is empty")
    func largeElement() async throws {
        let sink = Count()
        try await Pipeline(
            name: "t",
            source: Numbers(),
            sink: sink,
            limits: QueueLimits(byteCountMaximum: 10, elementCountMaximum: 5)
        ).run()
        #expect(sink.counter.count == 100)
    }

    @Test("a source that fails is named, and its sink does not take that for an end")
    func failingSource() async throws {
        let sink = Count()
        let error = await #expect(throws: PipelineError.self) {
            try await Pipeline(
                name: "t",
                source: Numbers(failsAt: 50),
                transforms: [Pass()],
                sink: sink
            ).run()
        }
        #expect(error?.stage == "numbers")
        #expect(!sink.counter.hasEnded)
    }

    @Test("a sink that fails ends a source that would go on", arguments: [1, 2, 99])
    func failingSink(moment: UInt64) async throws {
        let sink = Count(failsAt: moment)
        let error = await #expect(throws: PipelineError.self) {
            try await Pipeline(
                name: "t",
                source: Numbers(count: .max),
                transforms: [Pass()],
                sink: sink
            ).run()
        }
        #expect(error?.stage == "count")
    }

    @Test("a transform that has all it wants ends everything quietly")
    func earlyEnd() async throws {
        let sink = Count()
        try await Pipeline(
            name: "t",
            source: Numbers(count: .max),
            transforms: [Pass(first: 7)],
            sink: sink
        ).run()
        #expect(sink.counter.count == 7)
        #expect(sink.counter.hasEnded)
        #expect(!sink.counter.wasStopped)
    }

    @Test("what was sent before a stop arrives, and the sink knows of the stop")
    func stop() async throws {
        let signal = StopSignal()
        let source = Numbers(count: .max)
        let sink = Count(onFrame: { if $0 == 20 { signal.stop() } })
        try await Pipeline(name: "t", source: source, transforms: [Pass()], sink: sink).run(
            stop: signal
        )
        let sent = source.sent.count
        #expect(sink.counter.count == sent)
        #expect(sink.counter.wasStopped)
    }

    @Test("cancelling ends all stages")
    func cancel() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await Pipeline(
                        name: "t",
                        source: Numbers(count: .max),
                        transforms: [Pass()],
                        sink: Count()
                    ).run()
                }
            }
            group.cancelAll()
        }
    }
}
