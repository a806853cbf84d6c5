import FrameFormat
import Synchronization
import Testing

@testable import Pipelines

@Suite("Pipeline, stopped", .timeLimit(.minutes(1))) struct PipelineStopTests {
    /// A source without an end, that counts what it has sent.
    private static func endlessSource(_ sentCount: SharedCount) -> ClosureSource {
        ClosureSource { output in
            while !output.isStopRequested {
                try await output.send(Elements.picture(sentCount.value + 1))
                sentCount.increment()
            }
        }
    }

    @Test("a stop keeps everything that was sent before it", arguments: [1, 2, 10, 100])
    func keepsEverything(elementCount: UInt64) async throws {
        let stop = StopSignal()
        let sentCount = SharedCount()
        let sink = RecordingSink()
        let stopper = ClosureTransform { input, output in
            while let element = try await input.next() {
                if element.ordinal == elementCount { stop.stop() }
                try await output.send(element)
            }
        }
        let pipeline = Pipeline(
            name: "test",
            source: Self.endlessSource(sentCount),
            transforms: [stopper, ClosureTransform.identity],
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 4)
        )
        try await pipeline.run(stop: stop)
        #expect(sentCount.value >= elementCount)
        #expect(sink.ordinals == Array(1...sentCount.value))
        #expect(sink.ending == .stopped, "the end of the source was not reached")
    }

    @Test("a stop before the start is a stop as well")
    func stoppedBefore() async throws {
        let stop = StopSignal()
        stop.stop()
        let sentCount = SharedCount()
        let sink = RecordingSink()
        let pipeline = Pipeline(
            name: "test",
            source: Self.endlessSource(sentCount),
            sink: sink
        )
        try await pipeline.run(stop: stop)
        #expect(sentCount.value == 0)
        #expect(sink.ending == .stopped)
    }

    @Test("a stop after the end changes nothing")
    func stoppedAfter() async throws {
        let stop = StopSignal()
        let sink = RecordingSink()
        let pipeline = Pipeline(name: "test", source: ClosureSource.pictures(1...3), sink: sink)
        try await pipeline.run(stop: stop)
        stop.stop()
        #expect(sink.ending == .finished)
    }

    @Test("a source that waits for the outside is told of a stop at once")
    func wakesSource() async throws {
        let stop = StopSignal()
        let (outside, wake) = AsyncStream<Void>.makeStream()
        let (reached, report) = AsyncStream<Void>.makeStream()
        let source = ClosureSource { output in
            output.onStop { wake.finish() }
            report.yield()
            for await _ in outside {}
        }
        let sink = RecordingSink()
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pipeline.run(stop: stop) }
            for await _ in reached { break }
            stop.stop()
            try await group.waitForAll()
        }
        #expect(sink.ending == .stopped)
    }

    @Test(
        "a source that waits for the outside is told when the sink has all it wants, or fails",
        arguments: [false, true]
    )
    func wakesSourceAtTheEnd(fails: Bool) async throws {
        let callCount = SharedCount()
        let source = ClosureSource { output in
            output.onStop { callCount.increment() }
            try await output.send(Elements.picture(1))
            await until { callCount.value == 1 }
        }
        let sink = ClosureSink { input in
            _ = try await input.next()
            if fails { throw Planned() }
        }
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        if fails {
            await #expect(throws: PipelineError.self) { try await pipeline.run() }
        } else {
            try await pipeline.run()
        }
    }
}

@Suite("StopSignal") struct StopSignalTests {
    @Test("handlers are called once, when the signal is raised")
    func callsOnce() {
        let signal = StopSignal()
        let count = SharedCount()
        let registration = signal.onStop { count.increment() }
        #expect(count.value == 0)
        signal.stop()
        signal.stop()
        #expect(count.value == 1)
        #expect(signal.isRaised)
        withExtendedLifetime(registration) {}
    }

    @Test("a handler that comes late is called at once")
    func callsLate() {
        let signal = StopSignal()
        let count = SharedCount()
        signal.stop()
        let registration = signal.onStop { count.increment() }
        #expect(count.value == 1)
        withExtendedLifetime(registration) {}
    }

    @Test("a handler whose registration is gone is not called")
    func forgets() {
        let signal = StopSignal()
        let count = SharedCount()
        do { _ = signal.onStop { count.increment() } }
        signal.stop()
        #expect(count.value == 0)
    }
}

/// A number that tasks share.
final class SharedCount: Sendable {
    private let number = Atomic<UInt64>(0)

    var value: UInt64 { number.load(ordering: .sequentiallyConsistent) }

    func increment() {
        number.add(1, ordering: .sequentiallyConsistent)
    }
}
