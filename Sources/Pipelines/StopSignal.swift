internal import Synchronization

/// Asks sources to end early, so that everything behind them ends in good order.
public final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var handlers: [UInt64: @Sendable () -> Void] = [:]
        var nextKey: UInt64 = 0
    }

    /// Keeps a handler registered for as long as it lives.
    public final class Registration: Sendable {
        private let signal: StopSignal
        private let key: UInt64

        fileprivate init(signal: StopSignal, key: UInt64) {
            self.signal = signal
            self.key = key
        }

        deinit {
            signal.state.withLock { _ = $0.handlers.removeValue(forKey: key) }
        }
    }

    private let state = Mutex(State())

    /// A signal that is not raised.
    public init() {}

    /// Whether the signal has been raised; it stays so.
    public var isRaised: Bool { state.withLock { $0.isRaised } }

    /// Raises the signal, and calls the handlers on this thread. Raising it twice is no different.
    public func stop() {
        let handlers = state.withLock { state in
            state.isRaised = true
            let handlers = Array(state.handlers.values)
            state.handlers.removeAll()
            return handlers
        }
        for handler in handlers { handler() }
    }

    /// Calls `handler` when the signal is raised, or now if it is.
    public func onStop(_ handler: @escaping @Sendable () -> Void) -> Registration {
        let key = state.withLock { state -> UInt64? in
            guard !state.isRaised else { return nil }
            state.nextKey += 1
            state.handlers[state.nextKey] = handler
            return state.nextKey
        }
        if key == nil { handler() }
        return Registration(signal: self, key: key ?? 0)
    }
}
