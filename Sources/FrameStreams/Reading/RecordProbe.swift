internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// A record without its payload, as positional reads find it.
struct RecordOutline: Sendable {
    /// What its first bytes say.
    var prefix: RecordPrefix
    /// What it holds: a frame without payload, an index block without entries.
    var record: Record
    /// The offset of its first byte.
    var offset: UInt64

    /// The offset behind its last byte.
    var end: UInt64 { offset + prefix.recordByteCount }
}

/// Looks at records here and there in a stream, reading as little as it can.
///
/// What is not sound is `nil`, not an error: whoever asks knows another way.
struct RecordProbe: Sendable {
    /// Bytes that a read asks for at least, so that small records beside each other cost one read.
    static let windowByteCount = 16 << 10

    /// The first offset that can be read.
    let head: UInt64
    /// The offset behind the last byte that is looked at.
    let end: UInt64
    /// The random number of the stream, once it is known.
    private(set) var salt: UInt64?

    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private var window: (offset: UInt64, bytes: Buffer)?

    /// Looks at the bytes within `bounds`, and learns the salt.
    ///
    /// The salt is that of the first record ever; where that is gone or damaged, that of the
    /// trailer at the tail. Neither can be inside the payload of another record.
    init(
        _ reader: any ByteStreamReader,
        bounds: StreamBounds,
        pool: BufferPool
    ) async throws(StreamError) {
        head = bounds.head.value
        end = bounds.tail.value
        self.reader = reader
        self.pool = pool
        if head == 0, let prefix = try await prefix(at: 0) {
            salt = prefix.salt
        } else {
            salt = try await trailer(endingAt: end)?.salt
        }
    }

    /// What the record at `offset` is, from its prefix and its fields.
    mutating func outline(at offset: UInt64) async throws(StreamError) -> RecordOutline? {
        guard let prefix = try await prefix(at: offset), offset + prefix.recordByteCount <= end
        else { return nil }
        let start = offset + UInt64(RecordPrefix.byteCount)
        guard let header = try await bytes(start..<start + UInt64(prefix.headerByteCount)),
            // Unsound fields are an answer, not an error.
            let record = try? RecordHeaderCoding.decode(
                prefix: prefix,
                header: header.bytes,
                pool: pool
            )
        else { return nil }
        return RecordOutline(prefix: prefix, record: record, offset: offset)
    }

    /// The trailer of the record that ends at `offset`, which may start before the head.
    mutating func trailer(endingAt offset: UInt64) async throws(StreamError) -> RecordTrailer? {
        let byteCount = UInt64(RecordTrailer.byteCount)
        guard offset >= head + byteCount, let bytes = try await bytes(offset - byteCount..<offset),
            // An unsound trailer is an answer, not an error.
            let trailer = try? RecordTrailer(bytes.bytes),
            salt == nil || salt == trailer.salt
        else { return nil }
        return trailer
    }

    /// The index record at `offset` with all its entries.
    mutating func index(at offset: UInt64) async throws(StreamError) -> IndexBlock? {
        guard let outline = try await outline(at: offset), case .index = outline.record,
            let bytes = try await bytes(offset..<outline.end)
        else { return nil }
        var decoder = RecordDecoder(at: offset, salt: salt, pool: pool)
        decoder.append(bytes)
        guard case .record(let stored) = decoder.next(), case .index(let block) = stored.record
        else { return nil }
        return block
    }

    /// The offset of the newest index record in front of `end`, or what else is known.
    mutating func newestIndex() async throws(StreamError) -> NewestIndex {
        guard let trailer = try await trailer(endingAt: end),
            let start = place(trailer.recordByteCount, before: end),
            let last = try await outline(at: start), last.end == end
        else { return .unknown }
        if case .index = last.record { return .at(last.offset) }
        guard trailer.indexDistance > 0 else { return .none }
        guard let offset = place(trailer.indexDistance, before: last.offset) else { return .none }
        return .at(offset)
    }

    /// Where the newest index record is.
    enum NewestIndex {
        /// At this offset, if it is sound.
        case at(UInt64)
        /// There is none, or it was cut off with the head.
        case none
        /// The tail of the stream is damaged.
        case unknown
    }

    /// The offset `distance` bytes before `offset`, if there is a distance and the head is not
    /// behind it.
    func place(_ distance: UInt64, before offset: UInt64) -> UInt64? {
        guard distance > 0, distance <= offset, offset - distance >= head else { return nil }
        return offset - distance
    }

    private mutating func prefix(at offset: UInt64) async throws(StreamError) -> RecordPrefix? {
        guard let bytes = try await bytes(offset..<offset + UInt64(RecordPrefix.byteCount)),
            // An unsound prefix is an answer, not an error.
            let prefix = try? RecordPrefix(bytes.bytes), salt == nil || salt == prefix.salt
        else { return nil }
        return prefix
    }

    /// The bytes in `range`; `nil` if some are lost or lie outside of the bounds.
    private mutating func bytes(_ range: Range<UInt64>) async throws(StreamError) -> Buffer? {
        guard range.lowerBound >= head, range.upperBound <= end else { return nil }
        if let slice = slice(of: range) { return slice }
        guard try await fillWindow(at: range.lowerBound, atLeast: range.count) else { return nil }
        if let slice = slice(of: range) { return slice }
        return try await gather(range)
    }

    private func slice(of range: Range<UInt64>) -> Buffer? {
        guard let window, range.lowerBound >= window.offset,
            range.upperBound <= window.offset + UInt64(window.bytes.byteCount)
        else { return nil }
        let start = Int(range.lowerBound - window.offset)
        return window.bytes.slice(start..<start + range.count)
    }

    /// Copies what the store keeps in several pieces into one.
    private mutating func gather(_ range: Range<UInt64>) async throws(StreamError) -> Buffer? {
        var gathered = pool.makeBuffer(byteCount: range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            if slice(of: position..<position + 1) == nil {
                let rest = Int(range.upperBound - position)
                guard try await fillWindow(at: position, atLeast: rest) else { return nil }
            }
            guard let window else { return nil }
            let end = min(range.upperBound, window.offset + UInt64(window.bytes.byteCount))
            guard let part = slice(of: position..<end) else { return nil }
            gathered.copy(part.bytes, at: Int(position - range.lowerBound))
            position = end
        }
        return gathered.freeze()
    }

    /// Reads at `offset`, one time; whether there are bytes.
    private mutating func fillWindow(
        at offset: UInt64,
        atLeast byteCount: Int
    ) async throws(StreamError) -> Bool {
        let wanted = min(max(byteCount, Self.windowByteCount), Int(end - offset))
        guard wanted > 0,
            let chunk = try await reader.read(at: StreamOffset(offset), upTo: wanted)
        else { return false }
        switch chunk.content {
        case .sound(let bytes, _), .suspect(let bytes, _):
            window = (offset, bytes)
            return bytes.byteCount > 0
        case .lost: return false
        }
    }
}
