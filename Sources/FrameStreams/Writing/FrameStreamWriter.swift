public import Buffers
public import ByteStreams
public import FrameFormat

/// Appends frames, and what else there is to say, to a stream.
///
/// Index records are written on the way, one after 64 other records. Small records are gathered, up
/// to 256 KiB or for up to 200 ms between two calls, so that they cost a store no more than their
/// bytes; large payloads are handed on without a copy. Calls are made one after the other; several
/// pipelines in sequence may share a writer. After an error of the store nothing more can be
/// appended: open the stream again.
public actor FrameStreamWriter {
    /// What a writer can be told.
    public struct Options: Sendable {
        /// Where the bytes of records come from.
        public var pool: BufferPool
        /// The salt of a new stream, and nothing to a stream that has one; random by default, never
        /// 0.
        public var salt: UInt64
        /// The time since some fixed moment; decides nothing but how long small records are
        /// gathered.
        public var now: @Sendable () -> Duration

        /// Makes options.
        public init(
            pool: BufferPool = BufferPool(),
            salt: UInt64 = .random(in: 1...UInt64.max),
            now: (@Sendable () -> Duration)? = nil
        ) {
            let start = ContinuousClock.now
            self.pool = pool
            self.salt = salt
            self.now = now ?? { start.duration(to: .now) }
        }
    }

    /// How long a small record waits for others before the next call appends it.
    public static let gatheringDurationMaximum = Duration.milliseconds(200)

    /// The number of this opening among all openings of the stream for writing, from 1.
    public nonisolated let epoch: UInt32

    private let writer: any ByteStreamWriter
    let reader: any ByteStreamReader
    let options: Options
    private let encoder: RecordEncoder
    var state: StreamState
    private var batch: AppendBatch
    private var gatheredSince = Duration.zero
    private var offset: UInt64
    /// The random number of the stream.
    let salt: UInt64
    /// The ended sources, once they are known.
    var sources: SourceMemory?
    private var failure: (any Error)?
    private var isBusy = false
    private var isClosed = false

    private init(
        writer: any ByteStreamWriter,
        reader: any ByteStreamReader,
        recovered: StreamRecovery.Outcome,
        options: Options
    ) {
        precondition(options.salt != 0, "the salt of a stream is not 0")
        self.writer = writer
        self.reader = reader
        self.options = options
        epoch = writer.epoch
        offset = writer.tail.value
        state = recovered.state
        salt = recovered.salt ?? options.salt
        encoder = RecordEncoder(salt: salt, pool: options.pool)
        if offset == 0 { sources = SourceMemory() }
        batch = AppendBatch(
            limits: AppendBatch.Limits(
                byteCountMaximum: writer.appendByteCountMaximum,
                pieceCountMaximum: writer.pieceCountMaximum
            ),
            pool: options.pool
        )
    }

    /// Opens a stream for writing, creates it if there is none, and learns where it stopped.
    ///
    /// That takes some hundred small reads at the end of the stream, or, if its end or its newest
    /// index record is damaged, as many as there are records.
    ///
    /// - Throws: What the store says: `locked` while another writer has the stream, `sealed`.
    public static func open(
        _ name: StreamName,
        in store: any StreamStore,
        options: Options = Options()
    ) async throws -> FrameStreamWriter {
        try await store.createStream(name)
        let writer = try await store.openWriter(for: name)
        do {
            let reader = try await store.openReader(for: name)
            do {
                let bounds = try await reader.bounds()
                var recovery = try await StreamRecovery(reader, bounds: bounds, pool: options.pool)
                return FrameStreamWriter(
                    writer: writer,
                    reader: reader,
                    recovered: try await recovery.run(),
                    options: options
                )
            } catch {
                await reader.close()
                throw error
            }
        } catch {
            // The first error is the one that matters.
            try? await writer.close()
            throw error
        }
    }

    /// How far the newest source of the stream has come; `nil` in a stream without sources.
    public var sourceProgress: SourceProgress? { state.progress }

    /// The offset behind the last record, what is not yet durable included.
    public var tail: StreamOffset { StreamOffset(offset) }

    /// What the stream has held since its first byte, what is not yet durable included.
    public var totals: StreamTotals { state.totals }

    /// Appends a frame, with the next sequence number and the writer's epoch in its header.
    ///
    /// - Parameters:
    ///   - frame: The frame; the sequence number and the epoch in its header are not used.
    ///   - payloadChecksum: The checksum of the payload, if it is known already.
    /// - Returns: The sequence number of the frame.
    /// - Throws: `FormatError` for a frame that the format cannot hold, after which the writer
    ///   goes on; what the store says.
    @discardableResult
    public func append(_ frame: Frame, payloadChecksum: CRC32C? = nil) async throws -> UInt64 {
        try await append(.frame(frame), payloadChecksum: payloadChecksum)
        return state.totals.frameCount
    }

    /// Appends a gap.
    public func append(_ gap: Gap) async throws {
        try await append(.gap(gap), payloadChecksum: nil)
    }

    /// Appends a gap that stands for frames that are missing: it takes the numbers from `first` to
    /// `last`, the next ones, and the frame behind it has the number after.
    public func appendStandIn(_ gap: Gap) async throws {
        precondition(
            gap.canStand(behind: state.totals.frameCount),
            "a gap stands for the frames behind the last one"
        )
        try await append(.gap(gap), payloadChecksum: nil, standsIn: true)
    }

    /// Appends a mark.
    public func append(_ mark: Mark) async throws {
        try await append(.mark(mark), payloadChecksum: nil)
    }

    /// Appends an index of all frames and gaps that can be found, so that searches need none of the
    /// index records before it: all of it or, after a failure, nothing. Makes it durable.
    ///
    /// Takes memory of some 100 bytes for each frame.
    ///
    /// - Returns: Index records that were written.
    /// - Throws: `tooLarge` where the store does not append so much as a unit; what it says.
    public func appendIndexAnew() async throws -> Int {
        try await flush()
        var entries: [StreamState.Entry] = []
        var records = FrameStreamReader(
            reader,
            pool: options.pool,
            payloads: .skip,
            until: StreamOffset(offset)
        )
        while let item = try await records.next() {
            guard case .record(let stored) = item,
                let entry = StreamState.Entry(stored)
            else { continue }
            entries.append(entry)
        }
        guard !entries.isEmpty else { return 0 }
        return try await exclusively { try await appendIndex(listing: entries) }
    }

    /// Appends index records as a unit.
    private func appendIndex(listing entries: [StreamState.Entry]) async throws -> Int {
        var after = state
        var position = offset
        var bytes: [EncodedRecord.Piece] = []
        let step = StreamState.indexIntervalRecordCount
        for start in stride(from: 0, to: entries.count, by: step) {
            let listed = Array(entries[start..<min(start + step, entries.count)])
            let place = after.place(at: position, epoch: epoch, of: .mark(Mark(key: "", value: "")))
            let block = after.makeIndexBlock(at: position, listing: listed, isFirst: start == 0)
            let encoded = try encoder.encode(.index(block), at: place)
            after.apply(.index(block), sequence: place.sequence, at: position)
            position += UInt64(encoded.byteCount)
            bytes += encoded.pieces
        }
        let byteCount = Int(position - offset)
        guard byteCount <= writer.appendByteCountMaximum else {
            throw StreamError(
                .tooLarge,
                "the index takes \(byteCount) bytes, more than the store appends as a unit; copy the stream"
            )
        }
        var joined = options.pool.makeBuffer(byteCount: byteCount)
        var filled = 0
        for piece in bytes {
            joined.copy(piece.bytes.bytes, at: filled)
            filled += piece.bytes.byteCount
        }
        try await submit([[StreamPiece(joined.freeze())]])
        (state, offset) = (after, position)
        _ = try await writer.flush()
        return (entries.count + step - 1) / step
    }

    /// Waits until everything appended before the call is durable.
    public func flush() async throws {
        try await exclusively {
            try await submit(batch.takeAll())
            _ = try await writer.flush()
        }
    }

    /// Flushes, and lets another writer in. Nothing can be appended afterwards. Closing twice is
    /// not an error.
    public func close() async throws {
        guard !isClosed else { return }
        var failure = failure
        if failure == nil {
            do { try await flush() } catch { failure = error }
        }
        isClosed = true
        await reader.close()
        do {
            try await writer.close()
        } catch {
            throw failure ?? error
        }
        if let failure { throw failure }
    }

    func append(
        _ record: Record,
        payloadChecksum: CRC32C?,
        standsIn: Bool = false
    ) async throws {
        try await exclusively {
            try await store(record, payloadChecksum: payloadChecksum, standsIn: standsIn)
            if state.isIndexDue {
                try await store(.index(state.makeIndexBlock(at: offset)), payloadChecksum: nil)
            }
        }
    }

    private func store(
        _ record: Record,
        payloadChecksum: CRC32C?,
        standsIn: Bool = false
    ) async throws {
        let place = state.place(at: offset, epoch: epoch, of: record, standsIn: standsIn)
        let encoded = try encoder.encode(record, at: place, payloadChecksum: payloadChecksum)
        state.apply(record, sequence: place.sequence, at: offset)
        offset += UInt64(encoded.byteCount)
        if batch.gatheredByteCount == 0 { gatheredSince = options.now() }
        var appends = batch.add(encoded)
        if options.now() - gatheredSince >= Self.gatheringDurationMaximum {
            appends += batch.takeAll()
        }
        try await submit(appends)
    }

    private func submit(_ appends: [[StreamPiece]]) async throws {
        do {
            for append in appends { _ = try await writer.append(append) }
        } catch {
            failure = error
            throw error
        }
    }

    /// Holds callers to one call at a time: the actor alone would let a second one in while the
    /// first waits for the store, and records would change places.
    private func exclusively<Result>(_ body: () async throws -> Result) async throws -> Result {
        precondition(!isBusy, "calls to a writer are made one after the other")
        guard !isClosed else {
            throw StreamError(.closed, "append to a stream whose writer was closed: open it again")
        }
        if let failure { throw failure }
        isBusy = true
        defer { isBusy = false }
        return try await body()
    }
}
