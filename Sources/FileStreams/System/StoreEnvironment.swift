/// All that the file store has of the world: files, their changes, locks, time and chance.
///
/// The store uses nothing else, so that whole histories of it, crashes included, run and repeat
/// themselves in a simulation.
package struct StoreEnvironment: Sendable {
    /// Names and files.
    package var files: any FileSystem
    /// Locks of files.
    package var locks: any FileLocks
    /// Who tells of changes.
    package var changes: any FileChanges
    /// Time.
    package var clock: any StoreClock
    /// A number that nobody can foresee.
    package var random: @Sendable () -> UInt64

    /// Joins the five.
    package init(
        files: any FileSystem,
        locks: any FileLocks,
        changes: any FileChanges,
        clock: any StoreClock,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.files = files
        self.locks = locks
        self.changes = changes
        self.clock = clock
        self.random = random
    }

    /// This computer.
    package static let local = StoreEnvironment(
        files: LocalFileSystem(),
        locks: LocalFileLocks(),
        changes: LocalFileChanges.shared,
        clock: LocalClock(),
        random: { UInt64.random(in: UInt64.min...UInt64.max) }
    )
}

/// Time as the store sees it: it never runs backwards, whatever becomes of the calendar.
package protocol StoreClock: Sendable {
    /// Time since some moment in the past (CLOCK_MONOTONIC).
    func now() -> Duration

    /// Blocks the thread.
    func wait(_ duration: Duration)
}
