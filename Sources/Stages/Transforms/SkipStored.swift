internal import FrameFormat
public import Pipelines

/// Drops what a stream already has of a source, so that an interrupted ingest goes on where it
/// stopped.
///
/// The source gives out the same frames in the same order each time; those up to the last one
/// stored are dropped, and the gaps before it with them. One of them may pass, for a
/// ``MatchStored`` behind.
public struct SkipStored: Transform {
    /// `skip-stored`
    public static let kind = "skip-stored"

    private let ordinal: UInt64
    private let gapCount: UInt64
    private let kept: UInt64?

    /// Drops frames up to the source's number `ordinal`, but for the one with the number `kept`,
    /// and the first `gapCount` gaps.
    public init(throughOrdinal ordinal: UInt64, gapCount: UInt64, keeping kept: UInt64? = nil) {
        self.ordinal = ordinal
        self.gapCount = gapCount
        self.kept = kept
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
                let number = frame.header.position.ordinal
                guard number > ordinal || number == kept else { continue }
            case .gap:
                metGapCount += 1
                guard metGapCount > gapCount else { continue }
            }
            try await output.send(element)
        }
    }
}
