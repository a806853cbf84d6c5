internal import Synchronization

/// What the stages of one run of a pipeline share, and the verdict on each of them.
final class PipelineRun: Sendable {
    /// How a stage ended.
    enum Outcome: Sendable {
        /// It has done its work, or nobody wants it.
        case ended
        /// It has not done its work, so that the others need not go on.
        case failed
    }

    /// Ends the source.
    let signal = StopSignal()

    private let name: String
    private let acknowledgements = Acknowledgements()
    private let firstFailure = Mutex<PipelineError?>(nil)

    init(name: String) {
        self.name = name
    }

    /// What failed first.
    var failure: PipelineError? { firstFailure.withLock { $0 } }

    func input(from queue: FrameQueue, _ ending: InputEnding) -> FrameInput {
        FrameInput(queue: queue, acknowledgements: acknowledgements, ending: ending)
    }

    func output(into queue: FrameQueue) -> FrameOutput {
        FrameOutput(queue: queue, acknowledgements: acknowledgements, signal: signal)
    }

    /// Where the code of a stage runs, whatever the pipeline itself was started on.
    func executor(for stage: some Stage) -> any TaskExecutor {
        switch type(of: stage).execution {
        case .cooperative: globalConcurrentExecutor
        case .blocking: BlockingExecutor(label: "\(name).\(type(of: stage).kind)")
        }
    }

    /// Runs a stage, and tells its neighbours how it ended.
    ///
    /// - Parameter body: The stage; returns whether it ended because of a stop.
    func perform(_ station: Station, _ body: () async throws -> Bool) async -> Outcome {
        station.start()
        let outcome: Outcome
        do {
            let wasStopped = try await body()
            // A stage that notices its cancellation may return as if it were done.
            outcome = Task.isCancelled ? .failed : .ended
            station.back?.end(outcome == .failed ? .failed : wasStopped ? .stopped : .finished)
        } catch {
            outcome = note(error, of: station)
            station.back?.end(.failed)
        }
        // Nobody takes from the queue in front any more, so the source need not go on.
        station.front?.abandon()
        if station.front != nil { signal.stop() }
        station.end()
        return outcome
    }

    /// Keeps an error, unless it follows from something else: from a cancellation, from a failure
    /// before, or from the end of the stage behind, which has all it wants.
    private func note(_ error: any Error, of station: Station) -> Outcome {
        if let back = station.back, back.isAbandoned { return .ended }
        guard !Task.isCancelled else { return .failed }
        firstFailure.withLock { first in
            guard first == nil else { return }
            first = PipelineError(pipeline: name, stage: station.kind, cause: error)
        }
        return .failed
    }
}
