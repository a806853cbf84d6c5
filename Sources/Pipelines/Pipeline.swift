/// A straight line of stages: one source, transforms, one sink, a bounded queue between each two.
///
/// Branches are made with streams, not here: two pipelines read what a third one writes.
public struct Pipeline: Sendable {
    private let name: String
    private let source: any Source
    private let transforms: [any Transform]
    private let sink: any Sink
    private let limits: QueueLimits
    private let overflow: OverflowPolicy

    /// Joins stages.
    ///
    /// - Parameters:
    ///   - name: What errors and threads call it.
    ///   - source: Where elements come from.
    ///   - transforms: What they pass through, in this order.
    ///   - sink: Where they go.
    ///   - limits: What may wait between each two stages.
    ///   - overflow: What happens when the queue behind the source is full. All other queues wait.
    public init(
        name: String,
        source: any Source,
        transforms: [any Transform] = [],
        sink: any Sink,
        limits: QueueLimits = QueueLimits(),
        overflow: OverflowPolicy = .wait
    ) {
        self.name = name
        self.source = source
        self.transforms = transforms
        self.sink = sink
        self.limits = limits
        self.overflow = overflow
    }

    /// Runs all stages, and returns when the last has ended.
    ///
    /// `stop` ends the source early; everything behind it then ends because its input ended, so
    /// that nothing on its way is lost. A sink or transform that returns before its input ended has
    /// all it wants, and ends the stages in front of it quietly; what they throw then is of no
    /// interest. A stage that throws cancels all others. Cancelling the task cancels all stages.
    ///
    /// - Throws: ``PipelineError`` for the stage that failed first; `CancellationError`.
    public func run(
        stop: StopSignal? = nil,
        statistics: PipelineStatistics? = nil
    ) async throws {
        let run = PipelineRun(name: name)
        let registration = stop?.onStop { run.signal.stop() }
        defer { withExtendedLifetime(registration) {} }
        await withTaskCancellationHandler {
            await withTaskGroup(of: PipelineRun.Outcome.self) { group in
                let stations = addStages(to: &group, of: run)
                statistics?.watch(stations)
                for await outcome in group where outcome == .failed {
                    group.cancelAll()
                }
            }
        } onCancel: {
            run.signal.stop()
        }
        if let failure = run.failure { throw failure }
        try Task.checkCancellation()
    }

    /// Adds a task for each stage.
    ///
    /// - Returns: The stages from source to sink.
    private func addStages(
        to group: inout TaskGroup<PipelineRun.Outcome>,
        of run: PipelineRun
    ) -> [Station] {
        let first = FrameQueue(limits: limits, policy: overflow)
        var stations = [Self.add(source, to: &group, of: run, before: first)]
        var front = first
        for transform in transforms {
            let back = FrameQueue(limits: limits)
            stations.append(Self.add(transform, to: &group, of: run, between: front, and: back))
            front = back
        }
        stations.append(Self.add(sink, to: &group, of: run, behind: front))
        return stations
    }

    private static func add(
        _ source: some Source,
        to group: inout TaskGroup<PipelineRun.Outcome>,
        of run: PipelineRun,
        before back: FrameQueue
    ) -> Station {
        let station = Station(kind: type(of: source).kind, front: nil, back: back)
        group.addTask(executorPreference: run.executor(for: source)) {
            await run.perform(station) {
                try await source.run(run.output(into: back))
                return run.signal.isRaised
            }
        }
        return station
    }

    private static func add(
        _ transform: some Transform,
        to group: inout TaskGroup<PipelineRun.Outcome>,
        of run: PipelineRun,
        between front: FrameQueue,
        and back: FrameQueue
    ) -> Station {
        let station = Station(kind: type(of: transform).kind, front: front, back: back)
        group.addTask(executorPreference: run.executor(for: transform)) {
            await run.perform(station) {
                let ending = InputEnding()
                try await transform.run(run.input(from: front, ending), run.output(into: back))
                return ending.wasStopped
            }
        }
        return station
    }

    private static func add(
        _ sink: some Sink,
        to group: inout TaskGroup<PipelineRun.Outcome>,
        of run: PipelineRun,
        behind front: FrameQueue
    ) -> Station {
        let station = Station(kind: type(of: sink).kind, front: front, back: nil)
        group.addTask(executorPreference: run.executor(for: sink)) {
            await run.perform(station) {
                let ending = InputEnding()
                try await sink.run(run.input(from: front, ending))
                return ending.wasStopped
            }
        }
        return station
    }
}
