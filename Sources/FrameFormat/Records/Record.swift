/// A frame, or what else a stream holds between frames.
public enum Record: Hashable, Sendable {
    /// A picture or a packet.
    case frame(Frame)
    /// Frames that are missing, and why.
    case gap(Gap)
    /// Where the frames before are.
    case index(IndexBlock)
    /// A source starts.
    case sourceBegin(SourceBegin)
    /// A source is complete.
    case sourceEnd(SourceEnd)
    /// A note.
    case mark(Mark)
}

/// What a record says about its place in its stream, beside what it holds.
public struct RecordPlace: Hashable, Sendable {
    /// The frame's own number; for other records, that of the last frame before them; for a gap
    /// that stands for frames, that of the last of these.
    public var sequence: UInt64
    /// Which writer stored it.
    public var writerEpoch: UInt32
    /// Bytes from the newest index record's first byte to this record's first byte; 0 where there
    /// is none.
    public var indexDistance: UInt64

    /// Makes a place.
    public init(sequence: UInt64, writerEpoch: UInt32, indexDistance: UInt64) {
        self.sequence = sequence
        self.writerEpoch = writerEpoch
        self.indexDistance = indexDistance
    }
}

/// A record as it was found in a stream.
public struct StoredRecord: Hashable, Sendable {
    /// What it holds.
    public var record: Record
    /// What it says about its place.
    public var place: RecordPlace
    /// The offset of its first byte.
    public var offset: UInt64
    /// Its bytes, from prefix to trailer.
    public var byteCount: UInt64

    /// Joins a record with where it was found.
    public init(record: Record, place: RecordPlace, offset: UInt64, byteCount: UInt64) {
        self.record = record
        self.place = place
        self.offset = offset
        self.byteCount = byteCount
    }
}

/// Bytes of a stream that are no sound record.
public struct RecordFault: Hashable, Sendable {
    /// The offsets that are damaged, up to the next sound record.
    public var range: Range<UInt64>
    /// The number of the frame that was there, if its prefix can still be believed.
    public var sequence: UInt64?
    /// What is wrong.
    public var error: FormatError

    /// Makes a fault.
    public init(range: Range<UInt64>, sequence: UInt64?, error: FormatError) {
        self.range = range
        self.sequence = sequence
        self.error = error
    }
}
