internal import Synchronization

/// The durable origin, on its way from the sink to the source.
final class Acknowledgements: Sendable {
    private let value = Atomic<UInt64>(0)

    var origin: UInt64 { value.load(ordering: .acquiring) }

    func advance(to origin: UInt64) {
        value.max(origin, ordering: .acquiringAndReleasing)
    }
}

/// Whether a stage's input ended by a stop, for the verdict on its own output.
final class InputEnding: Sendable {
    private let stopped = Atomic<Bool>(false)

    var wasStopped: Bool { stopped.load(ordering: .acquiring) }

    func noteStop() {
        stopped.store(true, ordering: .releasing)
    }
}
