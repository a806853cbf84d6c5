internal import ByteStreams
internal import Dispatch
internal import Synchronization
internal import SystemPackage

/// How a reader waits at the tail: until something changes, or, where the system does not tell of
/// changes, for a second.
final class TailWait: Sendable {
    private struct State {
        var isClosed = false
        /// What tells of changes, while it lives.
        var watch: (any AnyObject & Sendable)?
        var timer: (any DispatchSourceTimer)?
    }

    private let place: StreamPlace
    private let onEvent: @Sendable (StoreEvent) -> Void
    private let bell = ChangeBell()
    private let state = Mutex(State())

    init(_ place: StreamPlace, onEvent: @escaping @Sendable (StoreEvent) -> Void) {
        self.place = place
        self.onEvent = onEvent
    }

    /// How often there was a change: what is noted before looking.
    var changeCount: UInt64 { bell.ringCount }

    /// Returns when there were more than so many changes, or the task is cancelled.
    ///
    /// Returns at once when it is called first: only then changes begin to be told, and whoever
    /// waits looks again.
    func wait(after changeCount: UInt64) async {
        guard !begin() else { return }
        await bell.wait(after: changeCount)
    }

    /// Wakes whoever waits.
    func wake() {
        bell.ring()
    }

    /// Wakes whoever waits, and lets go of what tells of changes.
    func close() {
        let timer = state.withLock { state in
            state.isClosed = true
            state.watch = nil
            defer { state.timer = nil }
            return state.timer
        }
        timer?.cancel()
        bell.ring()
    }

    deinit {
        state.withLock { $0.timer }?.cancel()
    }

    /// Whether changes begin to be told with this call.
    private func begin() -> Bool {
        let (isNew, refusal) = state.withLock { state -> (Bool, ChangesUnknown?) in
            guard state.watch == nil, state.timer == nil, !state.isClosed else {
                return (false, nil)
            }
            do throws(ChangesUnknown) {
                state.watch = try watch()
                return (true, nil)
            } catch {
                state.timer = timer()
                return (true, error)
            }
        }
        if let refusal { onEvent(.looksAtIntervals(place.name, reason: refusal.reason)) }
        return isNew
    }

    /// The commit mark moves with the tail, the manifest says that a stream is sealed or cut, and
    /// the lock is closed when its writer ends, however it ends.
    private func watch() throws(ChangesUnknown) -> any AnyObject & Sendable {
        let names = [CommitMark.fileName, FileStreamLock.fileName] + StreamManifest.fileNames
        return try place.access.environment.changes.watch(
            names.map { place.folder.appending($0) },
            in: place.folder,
            onChange: { [bell] in bell.ring() }
        )
    }

    private func timer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource()
        let interval = FileStreamLimits.lookInterval / .seconds(1)
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.setEventHandler { [bell] in bell.ring() }
        timer.resume()
        return timer
    }
}
