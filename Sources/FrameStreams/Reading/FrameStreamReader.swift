public import Buffers
public import ByteStreams
internal import FrameFormat

/// Reads the records of a stream one after the other, and says what is damaged on the way.
///
/// A head inside a record, as truncation leaves it, is no damage: reading starts at the first whole
/// record. The salt that records are recognised by is that of the first record ever; where that is
/// gone or damaged, that of the trailer at the tail; in a stream without either, that of the first
/// sound record.
public struct FrameStreamReader: Sendable {
    /// What becomes of payloads.
    public enum Payloads: Sendable {
        /// They are read and checked.
        case read
        /// They are neither read nor checked: frames come with an empty payload and empty side
        /// data, index records without entries.
        case skip
    }

    /// Where reading starts.
    public enum Start: Hashable, Sendable {
        /// At the first whole record of the stream.
        case head
        /// At the first record that will be appended from now on.
        case tail
        /// At the record whose first byte is here.
        case offset(StreamOffset)
        /// At the record whose first byte is here, behind the frame of this number: numbers that
        /// are missing right at the start are then noticed.
        case record(StreamOffset, after: UInt64)
    }

    /// Bytes that are asked for in one read, where a record does not ask for more.
    static let readByteCount = 1 << 20
    /// Bytes that a record can ask for in one read.
    static let readByteCountMaximum = 256 << 20

    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private let start: Start
    private let follow: Bool
    private let payloads: Payloads
    private let limit: StreamOffset?

    private var probe: RecordProbe?
    private var decoder: RecordDecoder?
    private var continuity = StreamContinuity(after: nil)
    private var position: UInt64 = 0
    private var end: UInt64 = 0
    private var ready: [StreamItem] = []
    private var isFirst = true
    private var isFinished = false

    /// Makes a reader; nothing is read before ``next()``.
    ///
    /// - Parameters:
    ///   - reader: Where the bytes come from; it is not closed.
    ///   - pool: Where memory comes from that the store does not provide.
    ///   - start: Where reading starts.
    ///   - follow: Whether to wait at the tail for more, until the stream is sealed or the task
    ///     is cancelled; otherwise reading ends where the tail was at the first ``next()``.
    ///   - payloads: What becomes of payloads.
    ///   - limit: Where a record begins that is not read any more; not with `follow`.
    public init(
        _ reader: any ByteStreamReader,
        pool: BufferPool,
        from start: Start = .head,
        follow: Bool = false,
        payloads: Payloads = .read,
        until limit: StreamOffset? = nil
    ) {
        precondition(limit == nil || !follow, "what follows a stream has no end")
        self.reader = reader
        self.pool = pool
        self.start = start
        self.follow = follow
        self.payloads = payloads
        self.limit = limit
    }

    /// The random number of the stream, as far as it is known.
    var salt: UInt64? { decoder?.salt ?? probe?.salt }

    /// The next record, or damage; `nil` at the end.
    ///
    /// - Throws: What the store says: `truncated` when the head of the stream overtakes the reader,
    ///   `cancelled` when the task is cancelled while it waits for more.
    public mutating func next() async throws -> StreamItem? {
        if probe == nil { try await prepare() }
        while ready.isEmpty, !isFinished {
            try await advance()
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private mutating func prepare() async throws {
        let bounds = try await reader.bounds()
        probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        end = min(bounds.tail, limit ?? bounds.tail).value
        position =
            switch start {
            case .head: bounds.head.value
            case .tail: bounds.tail.value
            case .offset(let offset), .record(let offset, _): offset.value
            }
        var lastSequence: UInt64? = position == 0 ? 0 : nil
        if case .record(_, let sequence) = start { lastSequence = sequence }
        continuity = StreamContinuity(after: lastSequence)
        if payloads == .read { startDecoding() }
    }

    private mutating func startDecoding() {
        decoder = RecordDecoder(at: position, salt: probe?.salt, pool: pool)
    }

    /// Comes one step closer to the next item.
    private mutating func advance() async throws {
        if decoder == nil, try await skipRecord() { return }
        if let item = decoder?.next() {
            try await take(item)
        } else if let chunk = try await readChunk() {
            feed(chunk)
        } else {
            decoder?.finish()
            while let item = decoder?.next() { try await take(item) }
            // A record that is cut off by a limit is damaged, not unfinished.
            ready += continuity.finish(at: position, isTail: limit == nil || end == probe?.end)
            isFinished = true
        }
    }

    private mutating func take(_ item: RecordDecoder.Item) async throws {
        defer { isFirst = false }
        switch item {
        case .fault(let fault):
            guard let damage = try await withoutCutRecord(fault) else { return }
            continuity.note(damage)
        case .record(let stored):
            ready += continuity.take(payloads == .skip ? withoutPayload(stored) : stored)
            guard payloads == .skip else { return }
            // The damage is behind; from here on payloads can be skipped again.
            position = stored.offset + stored.byteCount
            decoder = nil
        }
    }

    private mutating func readChunk() async throws(StreamError) -> StreamChunk? {
        var byteCount = max(Self.readByteCount, decoder?.wantedByteCount ?? 0)
        byteCount = min(byteCount, Self.readByteCountMaximum)
        if !follow { byteCount = Int(min(UInt64(byteCount), end - min(end, position))) }
        guard byteCount > 0 else { return nil }
        return try await reader.read(at: StreamOffset(position), upTo: byteCount)
    }

    private mutating func feed(_ chunk: StreamChunk) {
        let range = position..<position + UInt64(chunk.byteCount)
        position = range.upperBound
        switch chunk.content {
        case .sound(let bytes, let checksum): decoder?.append(bytes, checksum: checksum)
        case .suspect(let bytes, let detail):
            decoder?.append(bytes, checksum: nil)
            continuity.note(StreamContinuity.Suspicion(range: range, detail: detail))
        case .lost(let byteCount, _): decoder?.appendLost(byteCount: byteCount)
        }
    }

    /// Takes the record at the position without its payload; `false` if only decoding can tell what
    /// is there.
    private mutating func skipRecord() async throws -> Bool {
        if position >= end, follow { try await waitForMore() }
        guard var probe, position < end else { return isFinished }
        defer { self.probe = probe }
        guard let outline = try await probe.outline(at: position),
            let trailer = try await probe.trailer(endingAt: outline.end),
            trailer.recordByteCount == outline.prefix.recordByteCount
        else {
            startDecoding()
            return true
        }
        isFirst = false
        position = outline.end
        ready += continuity.take(
            StoredRecord(
                record: outline.record,
                place: RecordPlace(
                    sequence: outline.prefix.sequence,
                    writerEpoch: outline.prefix.writerEpoch,
                    indexDistance: trailer.indexDistance
                ),
                offset: outline.offset,
                byteCount: outline.prefix.recordByteCount
            )
        )
        return true
    }

    private mutating func waitForMore() async throws(StreamError) {
        guard try await reader.read(at: StreamOffset(position), upTo: 1) != nil else { return }
        let bounds = try await reader.bounds()
        probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        end = bounds.tail.value
    }

    private func withoutPayload(_ stored: StoredRecord) -> StoredRecord {
        var stored = stored
        switch stored.record {
        case .frame(var frame):
            let empty = pool.makeBuffer(byteCount: 0).freeze()
            frame.payload = empty
            for index in frame.sideData.indices { frame.sideData[index].bytes = empty }
            stored.record = .frame(frame)
        case .index(var block):
            block.entries = []
            stored.record = .index(block)
        case .gap, .sourceBegin, .sourceEnd, .mark: break
        }
        return stored
    }

    /// What remains of the first fault when the end of a record is taken off that starts before the
    /// head.
    ///
    /// The bytes before the first sound record end with a trailer, which says where its record
    /// starts. If they are fewer than a trailer has, they cannot be anything else.
    private mutating func withoutCutRecord(_ fault: RecordFault) async throws -> RecordFault? {
        guard isFirst, position > 0, !isExactStart, var probe else { return fault }
        let range = fault.range
        guard range.count >= RecordTrailer.byteCount else { return nil }
        guard range.upperBound <= probe.end else { return fault }
        let trailer = try await probe.trailer(endingAt: range.upperBound)
        self.probe = probe
        guard let trailer else { return fault }
        if trailer.recordByteCount > UInt64(range.count) { return nil }
        let start = range.upperBound - trailer.recordByteCount
        return RecordFault(
            range: start..<range.upperBound,
            sequence: fault.sequence,
            error: fault.error
        )
    }

    private var isExactStart: Bool {
        switch start {
        case .offset, .record: true
        case .head, .tail: probe?.head == 0
        }
    }
}
