internal import Synchronization

/// A straight line of stages: one source, transforms, one sink, and a bounded queue between each
/// two.
public struct Pipeline: Sendable {
    private let name: String
    private let source: any Source
    private let transforms: [any Transform]
    private let sink: any Sink
    private let limits: QueueLimits

    /// Joins stages.
    public init(
        name: String,
        source: any Source,
        transforms: [any Transform] = [],
        sink: any Sink,
        limits: QueueLimits = QueueLimits()
    ) {
        self.name = name
        self.source = source
        self.transforms = transforms
        self.sink = sink
        self.limits = limits
    }

    /// Runs all stages, and returns when the last has ended.
    ///
    /// `stop` ends the source early; everything behind it then ends because its input ended, so
    /// that nothing on its way is lost. A sink or transform that returns before its input ended has
    /// all it wants, and ends the stages in front of it quietly. Cancelling the task ends all
    /// stages where they are.
    ///
    /// - Throws: ``PipelineError`` for the stage that failed first; `CancellationError`.
    public func run(stop: StopSignal? = nil) async throws {
        let run = PipelineRun(name: name)
        let registration = stop?.onStop { run.signal.stop() }
        defer { withExtendedLifetime(registration) {} }
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                addStages(to: &group, of: run)
                await group.waitForAll()
            }
        } onCancel: {
            run.signal.stop()
        }
        if let failure = run.failure { throw failure }
        try Task.checkCancellation()
    }

    private func addStages(to group: inout TaskGroup<Void>, of run: PipelineRun) {
        let acknowledgements = Acknowledgements()
        let queues = (0...transforms.count).map { _ in FrameQueue(limits: limits) }
        let wasStopRequested = run.signal
        let source = source
        let first = queues[0]
        add(source, to: &group, of: run, behind: nil, before: first) {
            try await source.run(
                FrameOutput(queue: first, acknowledgements: acknowledgements, signal: run.signal)
            )
            return wasStopRequested.isRaised
        }
        for (index, transform) in transforms.enumerated() {
            let (front, back) = (queues[index], queues[index + 1])
            add(transform, to: &group, of: run, behind: front, before: back) {
                let ending = InputEnding()
                try await transform.run(
                    FrameInput(queue: front, acknowledgements: acknowledgements, ending: ending),
                    FrameOutput(queue: back, acknowledgements: acknowledgements, signal: run.signal)
                )
                return ending.wasStopped
            }
        }
        let sink = sink
        let last = queues[transforms.count]
        add(sink, to: &group, of: run, behind: last, before: nil) {
            try await sink.run(
                FrameInput(queue: last, acknowledgements: acknowledgements, ending: InputEnding())
            )
            return false
        }
    }

    /// Adds the task of one stage; `body` says whether the stage ended because of a stop.
    private func add(
        _ stage: any Stage,
        to group: inout TaskGroup<Void>,
        of run: PipelineRun,
        behind front: FrameQueue?,
        before back: FrameQueue?,
        _ body: @escaping @Sendable () async throws -> Bool
    ) {
        let kind = type(of: stage).kind
        let executor: BlockingExecutor? =
            type(of: stage).execution == .blocking
            ? BlockingExecutor(label: "\(name).\(kind)") : nil
        group.addTask(executorPreference: executor) {
            do {
                let wasStopped = try await body()
                back?.end(wasStopped ? .stopped : .finished)
            } catch {
                // Whoever sent to a stage that has all it wants did nothing wrong.
                let isQuiet = error is NobodyListens
                if !isQuiet { run.fail(stage: kind, error) }
                back?.end(isQuiet ? .finished : .failed)
            }
            // Nobody takes from the queue in front any more, so its source need not wait for more.
            front?.abandon()
            if front != nil { run.signal.stop() }
        }
    }
}

/// What the stages of one run share.
private final class PipelineRun: Sendable {
    /// Ends the source.
    let signal = StopSignal()

    private let name: String
    private let firstFailure = Mutex<PipelineError?>(nil)

    init(name: String) {
        self.name = name
    }

    /// What failed first.
    var failure: PipelineError? { firstFailure.withLock { $0 } }

    /// Keeps the first failure, and not what follows from it.
    func fail(stage: String, _ error: any Error) {
        guard !(error is UpstreamFailed), !(error is CancellationError) else { return }
        firstFailure.withLock { first in
            if first == nil { first = PipelineError(pipeline: name, stage: stage, cause: error) }
        }
    }
}
