internal import Buffers
internal import ByteStreams

/// A piece that was found in a segment, and is not read yet.
struct FoundPiece: Sendable {
    let piece: EntryHead.Piece
    let segment: SegmentFile
    /// Where the head of its entry stands in the segment.
    let position: Int
    /// The head block of its entry.
    let block: Buffer
    /// Whether the head block passed its checksum.
    let isSound: Bool

    /// Reads it, and checks it. Blocks where it stands outside the head block.
    func read() throws(StreamError) -> ReadPiece {
        let content = try segment.content(
            of: piece,
            position: position,
            block: block,
            isSound: isSound
        )
        return ReadPiece(offset: piece.offset, content: content, byteCount: piece.byteCount)
    }
}

/// A piece that was read, or how much is lost where one should be.
struct ReadPiece: Sendable {
    let offset: StreamOffset
    let content: StreamChunk.Content
    let byteCount: Int

    /// The stream offset behind it.
    var end: StreamOffset { offset.advanced(by: byteCount) }

    func contains(_ offset: StreamOffset) -> Bool { offset >= self.offset && offset < end }

    /// Up to `byteCount` bytes from `offset` on; `nil` for an offset outside.
    func chunk(at offset: StreamOffset, upTo byteCount: Int) -> StreamChunk? {
        guard contains(offset) else { return nil }
        let from = Int(offset.value - self.offset.value)
        let count = min(byteCount, self.byteCount - from)
        let range = from..<from + count
        let isWhole = count == self.byteCount
        let content: StreamChunk.Content =
            switch self.content {
            case .sound(let bytes, let checksum):
                .sound(isWhole ? bytes : bytes.slice(range), checksum: isWhole ? checksum : nil)
            case .suspect(let bytes, let detail):
                .suspect(isWhole ? bytes : bytes.slice(range), detail: detail)
            case .lost(_, let detail):
                .lost(byteCount: count, detail: detail)
            }
        return StreamChunk(offset: offset, content: content)
    }
}
