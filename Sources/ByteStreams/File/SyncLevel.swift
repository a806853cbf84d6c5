/// What an acknowledgement of the file store promises: what `flush` waits for.
///
/// | level | `flush` returns after | the process is killed | power is lost |
/// |---|---|---|---|
/// | `always` | a sync of each append on its own | nothing is lost | nothing is lost |
/// | `group` | one sync for all that waits | nothing is lost | nothing is lost |
/// | `interval` | the write | nothing is lost | at most the last interval, or its bytes |
/// | `os` | the write | nothing is lost | what was appended since the last segment was completed |
///
/// Whatever is lost is lost from the end: what remains is a prefix of what was appended. Readers
/// see what is synced, with every level; so with `os` they follow segment by segment.
public enum SyncLevel: Hashable, Sendable {
    /// Each append is synced before the next is written.
    case always
    /// One fdatasync(2) makes everything durable that was appended until it began.
    case group
    /// A sync is made when the time is over or so many bytes are written since the last one.
    case interval(Duration, byteCount: Int)
    /// Only the end of a segment and of the stream are synced.
    case os

    /// Every half second, or 8 MiB.
    public static let interval = SyncLevel.interval(.milliseconds(500), byteCount: 8 << 20)
}

/// Decides when a sync is due, and what counts as acknowledged.
struct SyncSchedule {
    let level: SyncLevel
    /// When the newest sync was made.
    var lastSync: Duration

    /// Whether to sync now.
    ///
    /// - Parameters:
    ///   - unsyncedByteCount: What is written and not synced.
    ///   - isFlushAsked: Whether somebody waits for an acknowledgement.
    func isDue(unsyncedByteCount: UInt64, isFlushAsked: Bool, now: Duration) -> Bool {
        guard unsyncedByteCount > 0 else { return false }
        switch level {
        case .always: return true
        case .group:
            return isFlushAsked
                || unsyncedByteCount >= UInt64(FileStreamLimits.unsyncedByteCountMaximum)
        case .interval(let time, let byteCount):
            return unsyncedByteCount >= UInt64(byteCount) || now - lastSync >= time
        case .os: return false
        }
    }

    /// How long to wait until a sync is due though nobody asks; `nil` for ever.
    func wait(unsyncedByteCount: UInt64, now: Duration) -> Duration? {
        guard case .interval(let time, _) = level, unsyncedByteCount > 0 else { return nil }
        return max(.zero, time - (now - lastSync))
    }

    /// Up to where a flush says that the stream is kept.
    func acknowledged(durable: StreamOffset, written: StreamOffset) -> StreamOffset {
        switch level {
        case .always, .group: durable
        case .interval, .os: written
        }
    }
}
