internal import FrameFormat
public import Pipelines

/// Writes the header of each frame, and each gap, as a line of JSON.
public struct JSONOutput: Sink {
    /// `ndjson`
    public static let kind = "ndjson"
    /// Writing to a pipe blocks.
    public static let execution = StageExecution.blocking

    private let output: ByteOutput
    private let report: @Sendable (OutputCounts) -> Void

    /// Writes to `output`, and tells `report` what was written so far after each element.
    public init(to output: ByteOutput, report: @escaping @Sendable (OutputCounts) -> Void) {
        self.output = output
        self.report = report
    }

    /// Writes all lines.
    public func run(_ input: consuming FrameInput) async throws {
        var counts = OutputCounts()
        while let element = try await input.next() {
            switch element {
            case .frame(let frame):
                try output.write(try JSONLine.text(FrameDocument(frame)))
                counts.count(frame)
            case .gap(let gap):
                try output.write(try JSONLine.text(GapDocument(gap)))
                counts.count(gap)
            }
            report(counts)
        }
    }
}
