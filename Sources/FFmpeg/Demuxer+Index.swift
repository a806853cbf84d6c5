import CFFmpeg

/// What a container's own index says of a stream, without a packet being read.
public struct IndexSummary: Hashable, Sendable {
    /// All entries.
    public var entryCount = 0
    /// Entries that are shown: an edit list leaves others that are decoded only.
    public var shownCount = 0
    /// The place of the last keyframe among the entries; `nil` without one.
    public var lastKeyframe: Int?
    /// The decode timestamp of the last keyframe.
    public var lastKeyframeTimestamp: Int64?
}

extension Demuxer {
    /// Goes through the index of a stream (avformat_index_get_entry). Only containers with an index
    /// of every packet, such as MP4, tell something by it.
    public func indexSummary(ofStream index: Int) -> IndexSummary {
        var summary = IndexSummary()
        guard let stream = unsafe rawStream(index) else { return summary }
        let count = unsafe avformat_index_get_entries_count(stream)
        for place in 0..<max(0, count) {
            guard let entry = unsafe avformat_index_get_entry(stream, place) else { continue }
            let flags = unsafe cffmpeg_index_flags(entry)
            summary.entryCount += 1
            if flags & AVINDEX_DISCARD_FRAME == 0 { summary.shownCount += 1 }
            if flags & AVINDEX_KEYFRAME != 0 {
                summary.lastKeyframe = Int(place)
                summary.lastKeyframeTimestamp = unsafe entry.pointee.timestamp
            }
        }
        return summary
    }
}
