/// Which stage of a pipeline failed first, and why.
public struct PipelineError: Error, CustomStringConvertible {
    /// The name of the pipeline.
    public let pipeline: String
    /// The kind of the stage.
    public let stage: String
    /// What it threw.
    public let cause: any Error

    /// Where it happened and why.
    public var description: String { "\(pipeline): \(stage): \(cause)" }
}
