public import FrameFormat

/// What a reader of a frame stream gives out.
public enum StreamItem: Hashable, Sendable {
    /// A sound record.
    case record(StoredRecord)
    /// Damage that was found on the way; the records around it are sound.
    case fault(StreamFaultItem)
    /// Frames whose numbers are missing between the frame before and the record behind: what was
    /// lost to damage, once, after its faults and before the next sound record. The gap's reason is
    /// `damagedRecord`, its unit `sequences`, its position that of the last frame before.
    case missing(Gap)
}

/// Damage that a reader of a frame stream came across.
public enum StreamFaultItem: Hashable, Sendable {
    /// Bytes that are no sound record: something is lost.
    case record(RecordFault)
    /// A record whose writer was interrupted, or is at work, in the middle of it. Nothing is lost
    /// that was ever complete; the frame's number is that of the next frame.
    case unfinished(RecordFault)
    /// The store's own check failed for these offsets, yet every record in them passed its own:
    /// nothing is lost. What the store says about it.
    case store(range: Range<UInt64>, detail: String)
}
