/// What an acknowledgement promises: what ``ByteStreamWriter/flush()`` waits for. The words are
/// those of a store on a disk; of one elsewhere its ``StoreTraits`` say whether they mean anything.
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
