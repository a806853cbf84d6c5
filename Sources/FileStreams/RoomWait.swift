internal import ByteStreams
internal import Synchronization

/// Waits for room on a full disk, if that is what the store is to do.
final class RoomWait: Sendable {
    /// How long to wait before looking again.
    private static let pause = Duration.milliseconds(500)

    private let name: StreamName
    private let clock: any StoreClock
    private let waits: Bool
    private let onEvent: @Sendable (StoreEvent) -> Void
    private let isGivenUp = Atomic(false)

    init(
        name: StreamName,
        clock: any StoreClock,
        waits: Bool,
        onEvent: @escaping @Sendable (StoreEvent) -> Void
    ) {
        self.name = name
        self.clock = clock
        self.waits = waits
        self.onEvent = onEvent
    }

    /// Lets an attempt that waits fail, and those to come.
    func giveUp() {
        isGivenUp.store(true, ordering: .relaxed)
    }

    /// Does something that needs room, again and again until there is some.
    func attempt<Value>(
        _ body: () throws(StreamError) -> Value
    ) throws(StreamError) -> Value {
        var isWaiting = false
        while true {
            do throws(StreamError) {
                let value = try body()
                if isWaiting { onEvent(.goesOn(name)) }
                return value
            } catch {
                guard waits, error.code == .full, !isGivenUp.load(ordering: .relaxed) else {
                    throw error
                }
                if !isWaiting { onEvent(.waitsForRoom(name, error)) }
                isWaiting = true
                clock.wait(Self.pause)
            }
        }
    }
}
