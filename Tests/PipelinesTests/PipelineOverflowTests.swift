import FrameFormat
import Testing

@testable import Pipelines

@Suite("Pipeline behind a live source", .timeLimit(.minutes(1))) struct PipelineOverflowTests {
    static let keyframeInterval: UInt64 = 10
    static let packetCount: UInt64 = 5000

    /// Packets with a keyframe every ten; waits only for what `pace` waits for.
    private static func liveSource(
        _ pace: @escaping @Sendable (UInt64) async -> Void = { _ in }
    ) -> ClosureSource {
        ClosureSource { output in
            for ordinal in 1...packetCount {
                await pace(ordinal)
                let isKeyframe = ordinal % keyframeInterval == 1
                try await output.send(Elements.packet(ordinal, isKeyframe: isKeyframe))
            }
        }
    }

    /// Checks that each packet is there or told missing, once and in order, and that none needs
    /// another that is missing.
    private static func checkCoverage(_ elements: [Element]) {
        var expected: UInt64 = 1
        var isBroken = false
        for element in elements {
            switch element {
            case .frame(let frame):
                #expect(frame.header.position.ordinal == expected)
                if isBroken { #expect(frame.header.flags.contains(.keyframe)) }
                isBroken = false
                expected += 1
            case .gap(let gap):
                #expect(!isBroken, "adjacent drops are one gap")
                #expect(gap.reason == .overflow)
                #expect(gap.first == expected)
                #expect(gap.position.ordinal == expected - 1)
                isBroken = true
                expected = gap.last + 1
            }
        }
        #expect(expected == packetCount + 1)
    }

    @Test(
        "what does not fit is dropped by whole groups, and what was sent is what came and gaps",
        arguments: [1, 2, 7, 64, 1000]
    )
    func conserves(elementCountMaximum: Int) async throws {
        let sink = RecordingSink()
        let statistics = PipelineStatistics()
        let pipeline = Pipeline(
            name: "test",
            source: Self.liveSource(),
            transforms: [ClosureTransform.identity],
            sink: sink,
            limits: QueueLimits(elementCountMaximum: elementCountMaximum),
            overflow: .dropToKeyframe
        )
        try await pipeline.run(statistics: statistics)
        Self.checkCoverage(sink.elements)
        #expect(sink.ending == .finished)
        let missing = sink.elements.compactMap(\.gap).reduce(0) { $0 + $1.last - $1.first + 1 }
        #expect(UInt64(sink.ordinals.count) + missing == Self.packetCount)
        #expect(statistics.stages[0].output?.droppedFrameCount == missing)
    }

    @Test("a sink that takes nothing until the source is done gets the start and one gap")
    func oneGap() async throws {
        let taken = RecordingSink()
        let (done, report) = AsyncStream<Void>.makeStream()
        let source = ClosureSource { output in
            for ordinal in 1...Self.packetCount {
                try await output.send(Elements.packet(ordinal, isKeyframe: ordinal == 1))
            }
            report.finish()
        }
        let sink = ClosureSink { input in
            for await _ in done {}
            while let element = try await input.next() { taken.keep(element) }
        }
        let pipeline = Pipeline(
            name: "test",
            source: source,
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 8),
            overflow: .dropToKeyframe
        )
        try await pipeline.run()
        Self.checkCoverage(taken.elements)
        #expect(taken.ordinals == Array(1...8))
        #expect(taken.elements.count == 9)
    }

    @Test("queues that are not behind the source wait, whatever the policy")
    func laterQueuesWait() async throws {
        let taken = SharedCount()
        let sink = RecordingSink()
        let counting = ClosureTransform { input, output in
            while let element = try await input.next() {
                try await output.send(element)
                taken.increment()
            }
        }
        let pipeline = Pipeline(
            name: "test",
            source: Self.liveSource { ordinal in await until { taken.value + 1 >= ordinal } },
            transforms: [counting, ClosureTransform.identity],
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 1),
            overflow: .dropToKeyframe
        )
        try await pipeline.run()
        #expect(sink.ordinals == Array(1...Self.packetCount))
    }
}
