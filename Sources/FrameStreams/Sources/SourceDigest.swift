internal import ByteStreams
internal import FrameFormat

/// What the marks of a stream list of its ended sources.
struct SourceDigest: Sendable {
    /// One mark of the chain.
    struct Link: Sendable {
        /// Its offset.
        var offset: UInt64
        /// Sources that it lists.
        var rowCount: Int
        /// Bytes of its value.
        var byteCount: Int
    }

    /// The sources, as far as they are still there, oldest first.
    var rows: [SourceRow] = []
    /// The marks that list them, oldest first.
    var chain: [Link] = []

    /// Reads the chain from the mark at `offset` back: one read for some hundred sources.
    ///
    /// - Returns: `nil` where a mark is damaged or not of this stream; then nothing is known.
    static func read(
        from offset: UInt64,
        salt: UInt64,
        _ probe: inout RecordProbe
    ) async throws(StreamError) -> SourceDigest? {
        var digest = SourceDigest()
        var next: UInt64? = offset
        while let offset = next {
            guard let (mark, byteCount) = try await mark(at: offset, salt: salt, &probe) else {
                return nil
            }
            digest.rows += mark.rows
            digest.chain.append(
                Link(offset: offset, rowCount: mark.rows.count, byteCount: byteCount)
            )
            next = mark.previous
        }
        digest.rows.reverse()
        digest.chain.reverse()
        return digest
    }

    /// The offset in front of which the chain from the mark at `offset` back lists all sources that
    /// ended; `nil` where the mark is damaged or not of this stream.
    static func border(
        at offset: UInt64,
        salt: UInt64,
        _ probe: inout RecordProbe
    ) async throws(StreamError) -> UInt64? {
        try await mark(at: offset, salt: salt, &probe)?.mark.border
    }

    private static func mark(
        at offset: UInt64,
        salt: UInt64,
        _ probe: inout RecordProbe
    ) async throws(StreamError) -> (mark: SourceDigestMark, byteCount: Int)? {
        guard let outline = try await probe.outline(at: offset),
            case .mark(let record) = outline.record,
            let mark = SourceDigestMark(record, at: offset, salt: salt, head: probe.head)
        else { return nil }
        return (mark, record.value.utf8.count)
    }
}
