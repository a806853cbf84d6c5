internal import Dispatch

/// Runs the jobs of one stage, one after the other, on a thread that may block.
///
/// Everything that the stage awaits comes back to it, so stage code needs no wrapper around calls
/// that block. Child tasks of the stage run here too: a blocking stage awaits queues and stores,
/// not helpers of its own.
public final class BlockingExecutor: TaskExecutor {
    private static let labelKey = DispatchSpecificKey<String>()

    private let queue: DispatchQueue

    /// Makes an executor; `label` names its thread in debuggers.
    public init(label: String) {
        queue = DispatchQueue(label: label)
        queue.setSpecific(key: Self.labelKey, value: label)
    }

    /// The label of the executor that runs the caller; `nil` on the pool.
    static var currentLabel: String? { DispatchQueue.getSpecific(key: labelKey) }

    /// Runs a job behind those that came before.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
