internal import Buffers
internal import ByteStreams

/// Where the bytes of a segment end that nobody is writing to.
struct SegmentTail {
    /// The place behind the last entry that counts.
    private(set) var position: Int
    /// The stream offset there.
    private(set) var offset: StreamOffset
    /// Whether the segment ends with a seal entry.
    private(set) var isSealed: Bool

    /// Finds the end of a segment.
    ///
    /// Entries up to `durable`, and up to any watermark that a later entry carries, were
    /// acknowledged: whatever is wrong with them is damage, and they stay. An entry behind that
    /// whose bytes are not all there is the torn tail of an interrupted writer; the stream ends
    /// before it.
    ///
    /// The heads of entries are read once to learn the watermark, and those behind it once more
    /// with their pieces; nothing is kept of them.
    init(of segment: SegmentFile, durable: StreamOffset) throws(StreamError) {
        var watermark = durable
        position = SegmentHeader.byteCount
        offset = segment.base
        isSealed = false
        try Self.walk(segment) { slot, _, _ in
            // A head that was guessed promises nothing.
            if case .entry(let head, _, _, isSound: true) = slot {
                watermark = max(watermark, head.watermark)
            }
            return true
        }
        let end = try Self.walk(segment) { (slot, _, offset) throws(StreamError) in
            guard offset >= watermark else { return true }
            switch slot {
            case .entry(let head, let place, let block, let isSound):
                return try Self.isWhole(head, place, block, isSound, segment)
            case .lost:
                // What follows was written, but what is missing before it was not yet.
                return false
            case .end:
                return true
            }
        }
        position = end.position
        offset = end.offset
        isSealed = end.isSealed
    }

    /// Shows what stands in the segment in order, each with the place and the offset at which it
    /// is looked for, until there is no more or `body` says that the segment ends there.
    @discardableResult
    private static func walk(
        _ segment: SegmentFile,
        _ body: (SegmentFile.Slot, Int, StreamOffset) throws(StreamError) -> Bool
    ) throws(StreamError) -> (position: Int, offset: StreamOffset, isSealed: Bool) {
        var position = SegmentHeader.byteCount
        var offset = segment.base
        while true {
            let slot = try segment.slot(at: position, offset: offset, limit: nil)
            guard try body(slot, position, offset) else { return (position, offset, false) }
            switch slot {
            case .entry(let head, let place, _, _):
                position = place + head.fileByteCount
                offset = head.end
            case .lost(let end, let next):
                offset = end
                position = next
            case .end(let isSealed):
                return (position, offset, isSealed)
            }
        }
    }

    private static func isWhole(
        _ head: EntryHead,
        _ position: Int,
        _ block: Buffer,
        _ isSound: Bool,
        _ segment: SegmentFile
    ) throws(StreamError) -> Bool {
        for piece in head.pieces {
            guard
                case .sound = try segment.content(
                    of: piece,
                    position: position,
                    block: block,
                    isSound: isSound
                )
            else { return false }
        }
        return true
    }
}
