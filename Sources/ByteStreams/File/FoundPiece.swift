internal import Buffers

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
}
