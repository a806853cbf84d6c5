internal import Synchronization

/// The newest value of something that changes while others look at it.
final class Latest<Value: Sendable>: Sendable {
    private let held: Mutex<Value>

    init(_ value: Value) {
        held = Mutex(value)
    }

    /// The newest value.
    var value: Value {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    /// Changes the value in one step.
    func update<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        held.withLock { body(&$0) }
    }
}
