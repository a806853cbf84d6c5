internal import FrameFormat
public import Pipelines

/// Counts frames, and writes nothing.
public struct CountOutput: Sink {
    /// `count`
    public static let kind = "count"

    private let report: @Sendable (_ frameCount: UInt64, _ lastSequence: UInt64) -> Void

    /// Counts. `report` hears how many frames there were and the number of the last, at the end.
    public init(
        report: @escaping @Sendable (_ frameCount: UInt64, _ lastSequence: UInt64) -> Void
    ) {
        self.report = report
    }

    /// Takes everything.
    public func run(_ input: consuming FrameInput) async throws {
        var frameCount: UInt64 = 0
        var lastSequence: UInt64 = 0
        while let element = try await input.next() {
            guard case .frame(let frame) = element else { continue }
            frameCount += 1
            lastSequence = frame.header.sequence
        }
        report(frameCount, lastSequence)
    }
}
