/// Tells where the frames since the index record before it are, and where older index records are.
///
/// All places are distances in bytes backwards from the first byte of the index record itself, so
/// they stay right when a stream is copied or its head is cut off.
public struct IndexBlock: Hashable, Sendable {
    /// One frame, or one gap.
    public struct Entry: Hashable, Sendable {
        /// Bytes from the record's first byte to the index record's first byte.
        public var distance: UInt64
        /// The frame's number; for a gap, that of the last frame before it.
        public var sequence: UInt64
        /// The frame's flags; 0 for a gap.
        public var flags: FrameFlags
        /// Whether the record is a gap.
        public var isGap: Bool
        /// When the frame is shown.
        public var presentationTime: MediaTime?

        /// Makes an entry.
        public init(
            distance: UInt64,
            sequence: UInt64,
            flags: FrameFlags,
            isGap: Bool,
            presentationTime: MediaTime?
        ) {
            self.distance = distance
            self.sequence = sequence
            self.flags = flags
            self.isGap = isGap
            self.presentationTime = presentationTime
        }
    }

    /// The number of the index record in its stream, from 1.
    public var ordinal: UInt64
    /// The frames and gaps since the index record before, oldest first.
    public var entries: [Entry]
    /// `links[k]` is the distance to the index record `2^k` before this one, for every `k` for
    /// which `2^k` divides `ordinal` and there is one, so that any frame is found in logarithmic
    /// time.
    public var links: [UInt64]
    /// The distance to the newest source begin record; 0 where there is none.
    public var sourceBeginDistance: UInt64
    /// What the stream has held up to the index record.
    public var totals: StreamTotals
    /// The distance to the newest mark that lists ended sources; 0 where none is known.
    public var sourceDigestDistance: UInt64

    /// Makes an index block.
    public init(
        ordinal: UInt64,
        entries: [Entry],
        links: [UInt64],
        sourceBeginDistance: UInt64,
        totals: StreamTotals,
        sourceDigestDistance: UInt64 = 0
    ) {
        self.ordinal = ordinal
        self.entries = entries
        self.links = links
        self.sourceBeginDistance = sourceBeginDistance
        self.totals = totals
        self.sourceDigestDistance = sourceDigestDistance
    }
}
