internal import FrameFormat
public import Pipelines

/// Drops what a stream already has of a source, so that an interrupted ingest goes on where it
/// stopped.
///
/// The source gives out the same frames in the same order each time; those up to the last one
/// stored are dropped, and the gaps before it with them.
public struct SkipStored: Transform {
    /// `skip-stored`
    public static let kind = "skip-stored"

    private let ordinal: UInt64
    private let gapCount: UInt64

    /// Drops frames up to the source's number `ordinal`, and the first `gapCount` gaps.
    public init(throughOrdinal ordinal: UInt64, gapCount: UInt64) {
        self.ordinal = ordinal
        self.gapCount = gapCount
    }

    /// Passes what the stream does not have yet.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var metGapCount: UInt64 = 0
        while let element = try await input.next() {
            switch element {
            case .frame(let frame):
                guard frame.header.position.ordinal > ordinal else { continue }
            case .gap:
                metGapCount += 1
                guard metGapCount > gapCount else { continue }
            }
            try await output.send(element)
        }
    }
}
