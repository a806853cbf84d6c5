import CFFmpeg
import Glibc
import Synchronization

/// Ends calls of FFmpeg that wait for the outside world, from any thread.
public final class Interrupt: Sendable {
    private let raised = Atomic<Bool>(false)
    private let deadline = Atomic<UInt64>(Interrupt.never)
    private static let never = UInt64.max

    /// An interrupt that nobody has raised, without a deadline.
    public init() {}

    /// Ends the call that waits now, and every later one, with ``FFmpegError/Code/interrupted``.
    public func raise() {
        raised.store(true, ordering: .releasing)
    }

    /// Whether someone raised it.
    public var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Ends calls that still wait when `limit` has passed, so that a peer that stalls is noticed.
    /// To be called again whenever something arrived.
    public func arm(for limit: Duration) {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let wanted = nanoseconds.overflow ? Self.never : nanoseconds.partialValue
        let fraction = UInt64(clamping: attoseconds / 1_000_000_000)
        let (sum, overflow) = MonotonicClock.nanoseconds().addingReportingOverflow(wanted)
        deadline.store(
            overflow ? Self.never : sum.addingReportingOverflow(fraction).partialValue,
            ordering: .releasing
        )
    }

    /// Takes the deadline away.
    public func disarm() {
        deadline.store(Self.never, ordering: .releasing)
    }

    /// Whether the deadline has passed.
    public var isOverdue: Bool {
        let deadline = deadline.load(ordering: .acquiring)
        return deadline != Self.never && MonotonicClock.nanoseconds() >= deadline
    }

    /// Whether a call has to end.
    var endsCalls: Bool { isRaised || isOverdue }

    /// What FFmpeg asks while it waits. The pointer is not counted: who owns the context of FFmpeg
    /// keeps the interrupt, and destroys the context first.
    var callback: AVIOInterruptCB {
        unsafe AVIOInterruptCB(
            callback: { opaque in
                guard let opaque = unsafe opaque else { return 0 }
                let interrupt = unsafe Unmanaged<Interrupt>.fromOpaque(opaque)
                return unsafe interrupt._withUnsafeGuaranteedRef { $0.endsCalls } ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque()
        )
    }
}
