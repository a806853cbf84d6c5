public import FrameFormat

/// What a reader of a frame stream gives out.
public enum StreamItem: Sendable {
    /// A sound record.
    case record(StoredRecord)
    /// Damage that was found on the way; the records around it are sound.
    case fault(StreamFaultItem)
    /// Frames whose numbers are missing between the frame before and the record behind: what was lost to
    /// damage, once, after its faults and before the next sound frame. The gap's reason is
    /// `damagedRecord`, its unit `sequences`.
    case missing(Gap)
}

/// Damage that a reader of a frame stream came across.
public enum StreamFaultItem: Hashable, Sendable {
    /// Bytes that are no sound record: something is lost.
    case record(RecordFault)
    /// The store's own check failed for these offsets, yet every record in them passed its own: nothing is
    /// lost. What the store says about it.
    case store(range: Range<UInt64>, detail: String)
}
