internal import Stages
internal import Synchronization

/// What a pipeline has written so far, out of what is expected.
final class Tally: Sendable {
    private let state = Mutex((counts: OutputCounts(), expectedCount: Double?.none))

    /// The newest counts.
    var counts: OutputCounts { state.withLock { $0.counts } }

    /// From 0 to 1, where the whole is known.
    var fraction: Double? {
        state.withLock { state in
            guard let expected = state.expectedCount, expected > 0 else { return nil }
            return Double(state.counts.frameCount) / expected
        }
    }

    /// Takes the number of frames in all.
    func expect(_ count: Double?) {
        state.withLock { $0.expectedCount = count }
    }

    /// Takes the newest counts.
    func update(_ counts: OutputCounts) {
        state.withLock { $0.counts = counts }
    }
}
