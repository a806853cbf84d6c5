import Buffers
import FrameFormat
import Synchronization
import Testing

@testable import Pipelines

@Suite("Pipeline", .timeLimit(.minutes(1))) struct PipelineTests {
    @Test(
        "everything comes through in order, and the input ends as finished",
        arguments: [0, 1, 3]
    )
    func passesEverything(transformCount: Int) async throws {
        let sink = RecordingSink()
        let pipeline = Pipeline(
            name: "test",
            source: ClosureSource.pictures(1...2000),
            transforms: Array(repeating: ClosureTransform.identity, count: transformCount),
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 3)
        )
        try await pipeline.run()
        #expect(sink.ordinals == Array(1...2000))
        #expect(sink.ending == .finished)
    }

    @Test("a pipeline can run twice")
    func runsTwice() async throws {
        let sink = RecordingSink()
        let pipeline = Pipeline(name: "test", source: ClosureSource.pictures(1...5), sink: sink)
        try await pipeline.run()
        try await pipeline.run()
        #expect(sink.ordinals == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    }

    @Test("a payload reaches the sink in the memory in which the source sent it")
    func copiesNothing() async throws {
        let addresses = Mutex<[UInt]>([])
        let source = ClosureSource { output in
            let element = Elements.picture(1, byteCount: 3 << 20)
            addresses.withLock { $0.append(element.payloadAddress) }
            try await output.send(element)
        }
        let sink = ClosureSink { input in
            while let element = try await input.next() {
                addresses.withLock { $0.append(element.payloadAddress) }
            }
        }
        let pipeline = Pipeline(
            name: "test",
            source: source,
            transforms: [ClosureTransform.identity],
            sink: sink
        )
        try await pipeline.run()
        let seen = addresses.withLock { $0 }
        try #require(seen.count == 2)
        #expect(seen[0] == seen[1])
    }

    @Test("the source sees what the sink has acknowledged, and it never goes back")
    func acknowledges() async throws {
        let seen = Mutex<[UInt64]>([])
        let source = ClosureSource { output in
            for ordinal in 1...10 as ClosedRange<UInt64> {
                try await output.send(Elements.picture(ordinal))
                while output.acknowledgedOrigin < ordinal { await Task.yield() }
                let origin = output.acknowledgedOrigin
                seen.withLock { $0.append(origin) }
            }
        }
        let sink = ClosureSink { input in
            while let element = try await input.next() {
                input.acknowledge(through: element.ordinal ?? 0)
                input.acknowledge(through: 1)
            }
        }
        let pipeline = Pipeline(
            name: "test",
            source: source,
            transforms: [ClosureTransform.identity],
            sink: sink
        )
        try await pipeline.run()
        #expect(seen.withLock { $0 } == Array(1...10))
    }

    @Test("a transform that sees frames only lets gaps through, in their places")
    func forwardsGaps() async throws {
        let source = ClosureSource { output in
            for ordinal in 1...6 as ClosedRange<UInt64> {
                try await output.send(Elements.picture(ordinal))
                try await output.send(Elements.gap(after: ordinal))
            }
        }
        let sink = RecordingSink()
        let pipeline = Pipeline(
            name: "test",
            source: source,
            transforms: [Sample(every: 3)],
            sink: sink
        )
        try await pipeline.run()
        let places = sink.elements.map { $0.ordinal.map { Int($0) } ?? -Int($0.gapOrdinal) }
        #expect(places == [1, -1, -2, -3, 4, -4, -5, -6])
    }

    @Test("stages that block hold up nobody else, however many there are")
    func manyBlockingStages() async throws {
        let sink = RecordingSink()
        let pipeline = Pipeline(
            name: "test",
            source: ClosureSource.pictures(1...200),
            transforms: Array(repeating: BlockingIdentity(), count: 12),
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 1)
        )
        try await pipeline.run()
        #expect(sink.ordinals == Array(1...200))
    }
}

/// A transform that asks for a thread of its own.
struct BlockingIdentity: Transform {
    static let kind = "blocking"
    static let execution = StageExecution.blocking

    func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws {
        while let element = try await input.next() { try await output.send(element) }
    }
}

extension Element {
    /// The place of a gap; 0 for a frame.
    fileprivate var gapOrdinal: UInt64 { gap?.position.ordinal ?? 0 }

    /// Where the payload lies in memory.
    fileprivate var payloadAddress: UInt {
        guard case .frame(let frame) = self else { return 0 }
        return unsafe frame.payload.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }
}
