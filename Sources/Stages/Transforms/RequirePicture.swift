internal import FrameFormat
public import Pipelines

/// Refuses what has packets and not one picture.
///
/// Gaps in front of the first picture wait for it, so that nothing of such an input is stored.
public struct RequirePicture: Transform {
    /// `require-picture`
    public static let kind = "require-picture"

    /// Gaps that wait; with more, those in front are no longer held back.
    static let waitingCountMaximum = 4096

    private let name: String
    private let mayBeEmpty: Bool

    /// Prepares for the pictures of a decoder.
    ///
    /// - Parameters:
    ///   - name: What is read, for a person.
    ///   - mayBeEmpty: Whether there may be no packets either, which is then no fault.
    public init(in name: String, mayBeEmpty: Bool = false) {
        self.name = name
        self.mayBeEmpty = mayBeEmpty
    }

    /// Passes everything.
    ///
    /// - Throws: `badInput` at the end of an input without a picture.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var waiting: [Gap] = []
        var reason: String?
        var hasPicture = false
        while let element = try await input.next() {
            switch element {
            case .frame:
                hasPicture = true
            case .gap(let gap):
                if !hasPicture, gap.reason == .undecodable { reason = reason ?? gap.detail }
                if !hasPicture, waiting.count < Self.waitingCountMaximum {
                    waiting.append(gap)
                    continue
                }
            }
            for gap in waiting { try await output.send(.gap(gap)) }
            waiting.removeAll()
            try await output.send(element)
        }
        if !hasPicture, !input.isStopped, reason != nil || !mayBeEmpty {
            throw StageError(
                .badInput,
                "none of the packets of \(name) gives a picture"
                    + (reason.map { ": \($0)" } ?? "; there is nothing to store")
            )
        }
        for gap in waiting { try await output.send(.gap(gap)) }
    }
}
