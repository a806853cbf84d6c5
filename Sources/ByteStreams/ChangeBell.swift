internal import Synchronization

/// Wakes whoever waits for a change. Changes are counted, so that none is missed by who looks first
/// and waits then.
package final class ChangeBell: Sendable {
    private struct State {
        var ringCount: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextKey: UInt64 = 0
    }

    private let state = Mutex(State())

    /// A bell that has not rung.
    package init() {}

    /// How often it has rung: what is noted before looking.
    package var ringCount: UInt64 { state.withLock { $0.ringCount } }

    /// Wakes everybody who waits.
    package func ring() {
        let waiters = state.withLock { state in
            state.ringCount += 1
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when it has rung more often than `ringCount` times, or the task is cancelled.
    package func wait(after ringCount: UInt64) async {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
                let mustWait = state.withLock { state in
                    // The handler below may have run already, and then never again.
                    guard state.ringCount <= ringCount, !Task.isCancelled else { return false }
                    state.waiters[key] = waiter
                    return true
                }
                if !mustWait { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: key) }?.resume()
        }
    }
}
