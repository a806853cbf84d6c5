import CFFmpeg
import Glibc
import Synchronization

/// Ends calls of FFmpeg that wait for the outside world, from any thread.
public final class Interrupt: Sendable {
    private let raised = Atomic<Bool>(false)
    private let deadline = Atomic<UInt64>(Interrupt.never)
    private static let never = UInt64.max

    private let waitLimit: UInt64
    private let onWait: (@Sendable () -> Void)?
    /// When the wait that is watched counts as one; `never` for none, and once it was said.
    private let waitEnd = Atomic<UInt64>(Interrupt.never)
    private let expectsWaits = Atomic<Bool>(false)

    /// An interrupt that nobody has raised, without a deadline.
    public init() {
        waitLimit = Self.never
        onWait = nil
    }

    /// An interrupt that nobody has raised, without a deadline, that tells of a long wait.
    ///
    /// - Parameters:
    ///   - limit: How long a call waits for a live playlist until that is told.
    ///   - onWait: Called once for each such wait, from within the call; it must not wait itself.
    public init(after limit: Duration, onWait: @escaping @Sendable () -> Void) {
        waitLimit = limit.nanoseconds
        self.onWait = onWait
    }

    /// Notes that calls may wait for a live playlist.
    func expectWaits() {
        expectsWaits.store(true, ordering: .relaxed)
    }

    /// Watches how long the call waits that begins now, if waits are expected.
    func watchWait() {
        guard onWait != nil, expectsWaits.load(ordering: .relaxed) else { return }
        let (end, overflow) = MonotonicClock.nanoseconds().addingReportingOverflow(waitLimit)
        waitEnd.store(overflow ? Self.never : end, ordering: .relaxed)
    }

    /// Watches no longer.
    func endWatch() {
        guard onWait != nil else { return }
        waitEnd.store(Self.never, ordering: .relaxed)
    }

    private func tellWait() {
        guard let onWait else { return }
        let end = waitEnd.load(ordering: .relaxed)
        guard end != Self.never, MonotonicClock.nanoseconds() >= end,
            waitEnd.exchange(Self.never, ordering: .relaxed) != Self.never
        else { return }
        onWait()
    }

    /// Ends the call that waits now, and every later one, with ``FFmpegError/Code/interrupted``.
    public func raise() {
        raised.store(true, ordering: .releasing)
    }

    /// Whether someone raised it.
    public var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Ends calls that still wait when `limit` has passed, so that a peer that stalls is noticed.
    /// To be called again whenever something arrived.
    public func arm(for limit: Duration) {
        let (end, overflow) = MonotonicClock.nanoseconds()
            .addingReportingOverflow(limit.nanoseconds)
        deadline.store(overflow ? Self.never : end, ordering: .releasing)
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
                return unsafe interrupt._withUnsafeGuaranteedRef { interrupt in
                    interrupt.tellWait()
                    return interrupt.endsCalls ? 1 : 0
                }
            },
            opaque: Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

extension Duration {
    /// In whole nanoseconds, as far as they can be counted.
    fileprivate var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        let whole = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let sum = whole.partialValue
            .addingReportingOverflow(UInt64(clamping: attoseconds / 1_000_000_000))
        return whole.overflow || sum.overflow ? .max : sum.partialValue
    }
}
