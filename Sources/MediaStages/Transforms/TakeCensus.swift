public import Buffers
internal import FrameFormat
public import Pipelines

/// Passes packets on at once, and decodes them beside that to take the census of their source.
///
/// What cannot be decoded is passed on all the same. A source that was stopped has no census.
public struct TakeCensus: Transform {
    /// `take-census`
    public static let kind = "take-census"
    /// Decoding computes for long.
    public static let execution = StageExecution.blocking

    private let options: Decode.Options
    private let pool: BufferPool
    private let report: @Sendable (CensusDecoder.Outcome) -> Void

    /// Makes a transform; `report` hears of the census when the source has ended, before the
    /// stages behind do.
    public init(
        _ options: Decode.Options = Decode.Options(),
        pool: BufferPool,
        report: @escaping @Sendable (CensusDecoder.Outcome) -> Void
    ) {
        self.options = options
        self.pool = pool
        self.report = report
    }

    /// Passes everything.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        let decoder = CensusDecoder(options, pool: pool)
        while let element = try await input.next() {
            try await output.send(element)
            if case .frame(let frame) = element { decoder.take(frame) }
        }
        if !input.isStopped { report(decoder.finish()) }
    }
}
