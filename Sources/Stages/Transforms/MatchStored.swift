public import FrameFormat
public import Pipelines

/// Lets a source go on behind what a stream has of it only if it is the same source: the first
/// frame that comes must be one that is stored, and is dropped.
///
/// Gaps wait until that is known.
public struct MatchStored: Transform {
    /// The source is another than the one in the stream, or gives out other frames.
    public struct Differs: Error, Sendable {}

    /// `match-stored`
    public static let kind = "match-stored"
    /// Frames are compared byte by byte.
    public static let execution = StageExecution.blocking

    private let stored: Frame

    /// Expects `stored`.
    public init(_ stored: Frame) {
        self.stored = stored
    }

    /// Passes what comes behind the frame.
    ///
    /// - Throws: ``Differs`` before anything has passed.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var gaps: [Gap] = []
        var isMatched = false
        while !isMatched, let element = try await input.next() {
            switch element {
            case .frame(let frame):
                guard frame.header.position.ordinal == stored.header.position.ordinal,
                    frame.payload == stored.payload
                else { throw Differs() }
                isMatched = true
            case .gap(let gap): gaps.append(gap)
            }
        }
        guard isMatched else {
            // Who stops does not say that it differs.
            if input.isStopped { return }
            throw Differs()
        }
        for gap in gaps { try await output.send(.gap(gap)) }
        while let element = try await input.next() { try await output.send(element) }
    }
}
