internal import Buffers

/// Where the bytes of a segment end that nobody is writing to.
struct SegmentTail {
    /// The place behind the last entry that counts.
    let position: Int
    /// The stream offset there.
    let offset: StreamOffset
    /// Whether the segment ends with a seal entry.
    let isSealed: Bool

    /// Finds the end of a segment.
    ///
    /// Entries up to `durable`, and up to any watermark that a later entry carries, were
    /// acknowledged: whatever is wrong with them is damage, and they stay. An entry behind that
    /// whose bytes are not all there is the torn tail of an interrupted writer; the stream ends
    /// before it.
    init(of segment: SegmentFile, durable: StreamOffset) throws(StreamError) {
        var watermark = durable
        var position = SegmentHeader.byteCount
        var offset = segment.base
        var places: [(head: EntryHead, position: Int, block: Buffer, isSound: Bool)] = []
        var sealed = false
        walk: while true {
            switch try segment.slot(at: position, offset: offset, limit: nil) {
            case .entry(let head, let place, let block, let isSound):
                watermark = max(watermark, head.watermark)
                // Only entries that may be torn are looked at again.
                places.removeAll { $0.head.end <= watermark }
                places.append((head, place, block, isSound))
                position = place + head.fileByteCount
                offset = head.end
            case .lost(let end, let next):
                offset = end
                position = next
            case .end(let isSealed):
                sealed = isSealed
                break walk
            }
        }
        for entry in places where entry.head.end > watermark {
            guard try Self.isWhole(entry.head, entry.position, entry.block, entry.isSound, segment)
            else {
                position = entry.position
                offset = entry.head.offset
                sealed = false
                break
            }
        }
        self.position = position
        self.offset = offset
        self.isSealed = sealed
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
                    in: head,
                    position: position,
                    block: block,
                    isSound: isSound
                )
            else { return false }
        }
        return true
    }
}
