import Jobs
import Pipelines

/// A job in a terminal: its events become lines and progress, and signals stop it.
struct JobRun {
    let console: Console
    /// What the job works with.
    let context: JobContext

    private let progress: Progress
    private let interruption: Interruption

    init(_ output: OutputOptions) {
        let console = Console(output)
        let progress = Progress(console)
        self.console = console
        self.progress = progress
        interruption = Interruption(console: console)
        context = JobContext(stores: Stores.directory, stop: interruption.signal) { event in
            switch event {
            case .note(let text): console.note(text)
            case .warning(let text): console.warn(text)
            case .begins(let title): progress.begin(title)
            case .progress(let newest): progress.update(newest)
            }
        }
    }

    /// Whether the job was asked to stop.
    var isStopped: Bool { interruption.signal.isRaised }

    /// Shows progress while the job runs.
    func run<Result: Sendable>(
        _ job: @escaping @Sendable (JobContext) async throws -> Result
    ) async throws -> Result {
        try await progress.shown { [context] in try await job(context) }
    }

    /// Says how much is missing or corrupt in what was written.
    ///
    /// - Parameters:
    ///   - stream: What was read.
    ///   - counts: What was written.
    ///   - metFaults: Whether damage was met, and said, on the way.
    /// - Throws: The exit status for losses, if there are any.
    func end(_ stream: String, _ counts: LossCounts, metFaults: Bool) throws {
        try LossNotice.end(stream, counts, metFaults: metFaults, console)
    }
}
