internal import ByteStreams

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
