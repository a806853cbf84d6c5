import Foundation
import Synchronization
import Testing

@testable import Pipelines

@Suite("BlockingExecutor", .timeLimit(.minutes(1))) struct BlockingExecutorTests {
    /// The executor on which code runs.
    private static var place: String { BlockingExecutor.currentLabel ?? "pool" }

    private static let label = "test.blocking-probe"

    /// A transform that notes where its code runs, after each way of suspending.
    private struct BlockingProbe: Transform {
        static let kind = "blocking-probe"
        static let execution = StageExecution.blocking
        let places = Places()

        func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws {
            note("start")
            await places.hop()
            note("an actor")
            try await Task.sleep(for: .nanoseconds(1))
            note("a sleep")
            for await _ in AsyncStream<Int>(unfolding: { nil }) {}
            note("an asynchronous sequence")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { note("a child task") }
                try await group.waitForAll()
            }
            await Self.callAsynchronously()
            note("an asynchronous call")
            while let element = try await input.next() {
                note("next")
                try await output.send(element)
                note("send")
            }
            note("end")
        }

        private static func callAsynchronously() async {
            await Task.yield()
        }

        private func note(_ moment: String) {
            places.note(moment, BlockingExecutorTests.place)
        }
    }

    @Test("the code of a blocking stage runs on its own queue after everything that it awaits")
    func staysOnQueue() async throws {
        let probe = BlockingProbe()
        let elsewhere = Places()
        let sink = ClosureSink { input in
            while try await input.next() != nil { elsewhere.note("sink", Self.place) }
        }
        let pipeline = Pipeline(
            name: "test",
            source: ClosureSource.pictures(1...100),
            transforms: [probe],
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 1)
        )
        try await pipeline.run()
        let moments = probe.places.all
        #expect(moments.count >= 207)
        for (moment, place) in moments { #expect(place == Self.label, "after \(moment)") }
        #expect(elsewhere.all.count == 100)
        for (_, place) in elsewhere.all {
            #expect(place == "pool", "the sink is no part of it")
        }
    }

    @Test("stages that block all at once have a thread each, and the pool goes on")
    func threadEach() async throws {
        let stageCount = 16
        let pipe = Pipe()
        let blockedCount = SharedCount()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<stageCount {
                let executor = BlockingExecutor(label: "test.\(number)")
                group.addTask(executorPreference: executor) {
                    blockedCount.increment()
                    _ = pipe.fileHandleForReading.readData(ofLength: 1)
                }
            }
            group.addTask {
                await until { blockedCount.value == UInt64(stageCount) }
                pipe.fileHandleForWriting.write(Data(repeating: 0, count: stageCount))
            }
        }
        #expect(blockedCount.value == UInt64(stageCount))
    }

    @Test("a cooperative stage runs on the pool, even in a pipeline that runs on a blocking thread")
    func cooperativeStage() async throws {
        let places = Places()
        let sink = ClosureSink { input in
            while try await input.next() != nil { places.note("next", Self.place) }
        }
        let pipeline = Pipeline(name: "test", source: ClosureSource.pictures(1...3), sink: sink)
        try await withTaskExecutorPreference(BlockingExecutor(label: Self.label)) {
            try await pipeline.run()
        }
        #expect(places.all.count == 3)
        for (_, place) in places.all { #expect(place == "pool") }
    }
}

/// Where code ran, and when.
private final class Places: Sendable {
    private let notes = Mutex<[(moment: String, place: String)]>([])
    private let visited = Visited()

    var all: [(moment: String, place: String)] { notes.withLock { $0 } }

    func note(_ moment: String, _ place: String) {
        notes.withLock { $0.append((moment, place)) }
    }

    /// Leaves for an actor and comes back.
    func hop() async {
        await visited.visit()
    }
}

/// An actor to leave for.
private actor Visited {
    private var count = 0

    func visit() { count += 1 }
}
