import Testing

@testable import Pipelines

@Suite("PipelineStatistics", .timeLimit(.minutes(1))) struct PipelineStatisticsTests {
    @Test("nothing is shown before the pipeline runs")
    func emptyBefore() {
        let statistics = PipelineStatistics()
        #expect(statistics.stages == [])
        #expect(statistics.bottleneck == nil)
    }

    @Test("a running pipeline shows what waits where, and who waits for whom")
    func showsWaiting() async throws {
        let statistics = PipelineStatistics()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let slow = ClosureTransform { input, output in
            await until {
                statistics.stages.first?.output?.waitingElementCount == 3
            }
            // The source goes on when half of the queue is empty, and not before.
            guard let first = try await input.next() else { return }
            for await _ in gate {}
            try await output.send(first)
            while let element = try await input.next() { try await output.send(element) }
        }
        let sink = RecordingSink()
        let pipeline = Pipeline(
            name: "test",
            source: ClosureSource.pictures(1...10, byteCount: 5),
            transforms: [slow],
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 3)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pipeline.run(statistics: statistics) }
            await until {
                statistics.stages.map(\.activity)
                    == [.waitingForRoom, .working, .waitingForInput]
                    && statistics.stages[0].output?.waitingElementCount == 2
            }
            let stages = statistics.stages
            #expect(stages.map(\.kind) == ["source", "transform", "sink"])
            #expect(stages[0].output?.sentElementCount == 3)
            #expect(stages[0].output?.sentByteCount == 15)
            #expect(stages[0].output?.waitingByteCount == 10)
            #expect(stages[1].input == stages[0].output)
            #expect(stages[1].output?.sentElementCount == 0)
            #expect(stages[0].roomWaitingTime > .zero)
            #expect(stages[2].inputWaitingTime > .zero)
            open.finish()
            try await group.waitForAll()
        }
        let stages = statistics.stages
        #expect(stages.map(\.activity) == [.ended, .ended, .ended])
        #expect(stages[2].input?.sentElementCount == 10)
        #expect(stages[2].input?.waitingElementCount == 0)
        #expect(stages[2].output == nil)
        #expect(stages[0].input == nil)
    }

    @Test("the bottleneck is the stage that waits least for others")
    func bottleneck() {
        func stage(_ kind: String, input: Int, room: Int) -> StageCounters {
            StageCounters(
                kind: kind,
                activity: .working,
                runningTime: .seconds(10),
                inputWaitingTime: .seconds(input),
                roomWaitingTime: .seconds(room),
                input: nil,
                output: nil
            )
        }
        let stages = [
            stage("media", input: 0, room: 8), stage("decode", input: 1, room: 0),
            stage("stream", input: 7, room: 0),
        ]
        #expect(StageCounters.bottleneck(of: stages)?.kind == "decode")
        #expect(stages[0].workingTime == .seconds(2))
    }
}
