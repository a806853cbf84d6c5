import Synchronization
import Testing

@testable import Pipelines

/// A line of stages of which one misbehaves after some elements.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    enum Place: CaseIterable {
        case source, firstTransform, secondTransform, sink
    }

    static let elementCount = 4

    let place: Place
    /// Elements that the stage has dealt with before; `elementCount` is after the last.
    let elementCount: Int

    static let all = Place.allCases.flatMap { place in
        (0...elementCount).map { Misbehaviour(place: place, elementCount: $0) }
    }

    var testDescription: String { "\(place) after \(elementCount)" }

    /// A pipeline whose stage at the place calls `action` and returns, at its moment.
    func pipeline(
        sink: RecordingSink,
        _ action: @escaping @Sendable () async throws -> Void
    ) -> Pipeline {
        Pipeline(
            name: "test",
            source: place == .source ? source(action) : ClosureSource.pictures(1...Self.last),
            transforms: [
                place == .firstTransform ? transform(action) : ClosureTransform.identity,
                place == .secondTransform ? transform(action) : ClosureTransform.identity,
            ],
            sink: place == .sink ? ending(sink, action) : sink,
            limits: QueueLimits(elementCountMaximum: 1)
        )
    }

    private static let last = UInt64(elementCount)

    private func source(_ action: @escaping @Sendable () async throws -> Void) -> ClosureSource {
        ClosureSource { output in
            for ordinal in 0..<elementCount {
                try await output.send(Elements.picture(UInt64(ordinal) + 1))
            }
            try await action()
        }
    }

    private func transform(
        _ action: @escaping @Sendable () async throws -> Void
    ) -> ClosureTransform {
        ClosureTransform { input, output in
            for _ in 0..<elementCount {
                guard let element = try await input.next() else { break }
                try await output.send(element)
            }
            try await action()
        }
    }

    private func ending(
        _ sink: RecordingSink,
        _ action: @escaping @Sendable () async throws -> Void
    ) -> ClosureSink {
        ClosureSink { input in
            for _ in 0..<elementCount {
                guard let element = try await input.next() else { break }
                sink.keep(element)
            }
            try await action()
        }
    }

    /// The name of the stage in errors.
    var kind: String {
        switch place {
        case .source: "source"
        case .firstTransform, .secondTransform: "transform"
        case .sink: "sink"
        }
    }
}

@Suite("Pipeline, a stage that misbehaves", .timeLimit(.minutes(1))) struct PipelineFailureTests {
    @Test("a failure anywhere at any moment is that of the pipeline", arguments: Misbehaviour.all)
    func failsAnywhere(_ misbehaviour: Misbehaviour) async throws {
        let sink = RecordingSink()
        let pipeline = misbehaviour.pipeline(sink: sink) { throw Planned(number: 7) }
        let error = try await #require(throws: PipelineError.self) { try await pipeline.run() }
        #expect(error.stage == misbehaviour.kind)
        #expect(error.cause as? Planned == Planned(number: 7))
        if misbehaviour.place != .sink {
            #expect(sink.ending == .threw, "nothing is completed behind a failure")
        }
        #expect(sink.ordinals == [1, 2, 3, 4].prefix(sink.ordinals.count).map { $0 })
    }

    @Test(
        "a stage that returns early has all it wants, and the pipeline succeeds",
        arguments: Misbehaviour.all
    )
    func returnsEarly(_ misbehaviour: Misbehaviour) async throws {
        let sink = RecordingSink()
        let pipeline = misbehaviour.pipeline(sink: sink) {}
        try await pipeline.run()
        #expect(sink.ordinals == [1, 2, 3, 4].prefix(misbehaviour.elementCount).map { $0 })
        if misbehaviour.place != .sink { #expect(sink.ending == .finished) }
    }

    @Test(
        "cancellation reaches stages that wait for anything, at any moment",
        arguments: Misbehaviour.all
    )
    func cancelsAnywhere(_ misbehaviour: Misbehaviour) async throws {
        let sink = RecordingSink()
        let (reached, report) = AsyncStream<Void>.makeStream()
        let pipeline = misbehaviour.pipeline(sink: sink) {
            report.yield()
            try await untilCancelled()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await pipeline.run() }
            }
            for await _ in reached { break }
            group.cancelAll()
        }
        #expect(sink.ending != .finished)
        #expect(sink.ending != .stopped)
    }

    @Test(
        "a failure cancels stages that wait for something else",
        arguments: [
            Misbehaviour.Place.source, .firstTransform, .secondTransform, .sink,
        ]
    )
    func failureCancelsOthers(_ place: Misbehaviour.Place) async throws {
        let stuck = ClosureTransform { input, output in try await untilCancelled() }
        let fails = ClosureTransform { input, output in throw Planned() }
        let stuckSource = ClosureSource { output in try await untilCancelled() }
        let stuckSink = ClosureSink { input in try await untilCancelled() }
        let pipeline = Pipeline(
            name: "test",
            source: place == .source ? ClosureSource { output in throw Planned() } : stuckSource,
            transforms: [
                place == .firstTransform ? fails : stuck,
                place == .secondTransform ? fails : stuck,
            ],
            sink: place == .sink ? ClosureSink { input in throw Planned() } : stuckSink
        )
        let error = try await #require(throws: PipelineError.self) { try await pipeline.run() }
        #expect(error.cause is Planned)
    }

    @Test("the first failure in time wins over those that follow from it")
    func firstFailureWins() async throws {
        let source = ClosureSource { output in
            do {
                try await untilCancelled()
            } catch {
                throw Planned(number: 2)
            }
        }
        let sink = ClosureSink { input in throw Planned(number: 1) }
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        let error = try await #require(throws: PipelineError.self) { try await pipeline.run() }
        #expect(error.stage == "sink")
        #expect(error.cause as? Planned == Planned(number: 1))
        #expect(error.description == "test: sink: Planned(number: 1)")
    }

    @Test("an error that wraps the upstream failure does not hide it")
    func wrappedFailure() async throws {
        let source = ClosureSource { output in throw Planned(number: 1) }
        let sink = ClosureSink { input in
            do {
                _ = try await input.next()
            } catch {
                throw Planned(number: 2)
            }
        }
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        let error = try await #require(throws: PipelineError.self) { try await pipeline.run() }
        #expect(error.cause as? Planned == Planned(number: 1))
    }

    @Test("a stage that throws CancellationError uncancelled has failed")
    func spontaneousCancellation() async throws {
        let sink = RecordingSink()
        let source = ClosureSource { output in throw CancellationError() }
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        let error = try await #require(throws: PipelineError.self) { try await pipeline.run() }
        #expect(error.stage == "source")
        #expect(sink.ending == .threw)
    }

    @Test("what a source throws after the sink had enough is of no interest")
    func failureAfterEnough() async throws {
        let source = ClosureSource { output in
            try await output.send(Elements.picture(1))
            while !output.isStopRequested { await Task.yield() }
            throw Planned()
        }
        let sink = ClosureSink { input in _ = try await input.next() }
        try await Pipeline(name: "test", source: source, sink: sink).run()
    }

    @Test("a source that swallows its cancellation does not look as if it had finished")
    func swallowedCancellation() async throws {
        let sink = RecordingSink()
        let (reached, report) = AsyncStream<Void>.makeStream()
        let source = ClosureSource { output in
            report.yield()
            while !Task.isCancelled { await Task.yield() }
        }
        let pipeline = Pipeline(name: "test", source: source, sink: sink)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await pipeline.run() }
            }
            for await _ in reached { break }
            group.cancelAll()
        }
        #expect(sink.ending == .threw)
    }
}

extension RecordingSink {
    /// Keeps an element that another sink took.
    func keep(_ element: Element) {
        record.withLock { $0.elements.append(element) }
    }
}
