/// The sizes of the file store.
enum FileStreamLimits {
    /// The most bytes of one append: a picture of 20,000 x 12,000 pixels at 16 bits in four planes.
    static let appendByteCountMaximum = 2 << 30
    /// Bytes of a segment at which the next one is begun.
    static let segmentByteCountDefault = 256 << 20
    /// The first step in which space is reserved; each is twice the one before, up to the largest.
    static let reservationByteCountMinimum = 1 << 20
    /// The largest step in which space is reserved.
    static let reservationByteCountMaximum = 64 << 20
    /// Accepted bytes that may be on their way to the disk before `append` waits: four pictures of
    /// 1920x1080 at 4:2:0, of which two are written while two gather.
    static let windowByteCount = 12 << 20
    /// Written bytes after which a sync is made without anybody asking.
    static let unsyncedByteCountMaximum = 128 << 20
    /// How long a reader waits at the tail before it looks again, where the system does not tell it
    /// of changes.
    static let lookInterval = Duration.seconds(1)
    /// Blocks between two entries that are walked over rather than halved.
    static let walkedBlockCount = 32
    /// Blocks in which a half must begin with an entry, to be told from the middle of a large one.
    static let halvedBlockCount = 8
    /// Halves without an entry, after which entries are too large for halving.
    static let missedHalvingCount = 8
    /// Bytes from which on a direct write is worth a second thread.
    static let halvedByteCountMinimum = 2 << 20
    /// Buffers of one vectored write; Linux takes 1024.
    static let vectorCountMaximum = 256
    /// Pieces that must have been asked for in their order before others are read ahead.
    static let readAheadOrderedCount = 4
    /// Pieces that are read ahead at a time: two frames with their heads.
    static let readAheadPieceCount = 6
    /// Bytes of the pieces that are read ahead, at which no other is begun.
    static let readAheadByteCount = 32 << 20
    /// Pieces that a reader is handed at a time, as far as they are there: each time costs it a
    /// change of threads and back.
    static let handedPieceCount = 4
    /// Bytes of such pieces at which no other is added: of large ones memory costs more.
    static let handedByteCount = 8 << 20
    /// Smaller pieces are read where they are found.
    static let readAheadPieceByteCountMinimum = 64 << 10
}
