public import Buffers
public import ByteStreams
internal import FrameFormat

/// Makes a sound stream out of a damaged one, which is left as it is: every sound record is taken
/// over under its number, and a gap stands for each run of frames that is lost.
///
/// Sources keep their numbers too. The index and the lists of ended sources are made anew. What was
/// given up with the head of the damaged stream is not lost here; see ``Outcome/head``.
public struct FrameStreamSalvage: Sendable {
    /// Something that the damaged stream does not give back.
    public struct Loss: Hashable, Sendable {
        /// The numbers of the frames; `nil` where no frame is missing, or where that is not known.
        public var frames: ClosedRange<UInt64>?
        /// The bytes that are damaged; `nil` where there are none left.
        public var offsets: Range<UInt64>?
        /// What is wrong with the bytes.
        public var detail: String
    }

    /// What was done.
    public struct Outcome: Hashable, Sendable {
        /// Frames that were taken over.
        public fileprivate(set) var frameCount: UInt64 = 0
        /// Those of them that their source had marked corrupt.
        public fileprivate(set) var corruptFrameCount: UInt64 = 0
        /// Gaps that were taken over.
        public fileprivate(set) var gapCount: UInt64 = 0
        /// Bytes of payload that were taken over.
        public fileprivate(set) var byteCount: UInt64 = 0
        /// Frames that are lost.
        public fileprivate(set) var lostFrameCount: UInt64 = 0
        /// Losses, with those in which no frame is known to be missing.
        public fileprivate(set) var lossCount: UInt64 = 0
        /// Where the new stream is to be truncated, so that it starts with the frame with which the
        /// damaged one does; zero if that has its first frame.
        public fileprivate(set) var head = StreamOffset.zero

        /// Nothing so far.
        public init() {}
    }

    /// The new stream is not what was taken over.
    public struct TargetDiffers: Error, Sendable {
        /// What is wrong, for a person.
        public let detail: String
    }

    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private let writer: FrameStreamWriter
    private var outcome = Outcome()
    private var taken: [CRC32C] = []
    private var damage: [RecordFault] = []
    private var losses: [Loss] = []
    private var isFirst = true

    /// Prepares to read what `reader` reads, and to write through `writer`, which has written
    /// nothing and stays open.
    public init(_ reader: any ByteStreamReader, to writer: FrameStreamWriter, pool: BufferPool) {
        self.reader = reader
        self.writer = writer
        self.pool = pool
    }

    /// Takes everything over that is there now, and makes it durable.
    ///
    /// - Parameters:
    ///   - isStopped: Whether to end early; looked at between records.
    ///   - onLoss: Hears of each loss.
    ///   - report: Hears how far it has come.
    public mutating func run(
        isStopped: @Sendable () -> Bool,
        onLoss: @Sendable (Loss) -> Void,
        report: @Sendable (Outcome) -> Void
    ) async throws -> Outcome {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return outcome }
        var probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        var records = FrameStreamReader(reader, pool: pool, until: bounds.tail)
        while !isStopped(), let item = try await records.next() {
            switch item {
            case .fault(.record(let fault)):
                if try await !Self.isIndex(fault, &probe) { damage.append(fault) }
            case .fault: break  // Nothing that was ever complete is missing.
            case .missing(let gap): try await standIn(for: gap)
            case .record(let stored):
                try await standInForHead(before: stored, bounds)
                noteDamage()
                try await take(stored)
            }
            for loss in losses { onLoss(loss) }
            losses = []
            report(outcome)
        }
        noteDamage()
        for loss in losses { onLoss(loss) }
        losses = []
        try await writer.flush()
        return outcome
    }

    /// Whether what is damaged is nothing but an index record.
    private static func isIndex(
        _ fault: RecordFault,
        _ probe: inout RecordProbe
    ) async throws -> Bool {
        guard let outline = try await probe.outline(at: fault.range.lowerBound),
            case .index = outline.record
        else { return false }
        return outline.end == fault.range.upperBound
    }

    /// Frames that went with the head are in front of it again while the new stream is made.
    private mutating func standInForHead(
        before stored: StoredRecord,
        _ bounds: StreamBounds
    ) async throws {
        defer { isFirst = false }
        guard isFirst, bounds.head > .zero else { return }
        var last = stored.place.sequence
        if case .frame = stored.record { last -= 1 }
        if let numbers = stored.standsFor { last = numbers.lowerBound - 1 }
        guard last > 0 else { return }
        let gap = Gap(
            reason: .damagedRecord,
            position: SourcePosition(),
            unit: .sequences,
            first: 1,
            last: last,
            detail: "given up with the head"
        )
        try await writer.appendStandIn(gap)
        outcome.head = await writer.tail
    }

    private mutating func standIn(for gap: Gap) async throws {
        losses.append(
            Loss(
                frames: gap.first...gap.last,
                offsets: Self.extent(damage),
                detail: damage.first.map { "\($0.error)" } ?? "no damage tells why"
            )
        )
        damage = []
        outcome.lossCount += 1
        outcome.lostFrameCount += gap.last - gap.first + 1
        try await append(.gap(gap), standsIn: true)
        isFirst = false
    }

    /// Notes damage in which no frame is known to be missing.
    private mutating func noteDamage() {
        for fault in damage {
            outcome.lossCount += 1
            losses.append(Loss(frames: nil, offsets: fault.range, detail: "\(fault.error)"))
        }
        damage = []
    }

    private static func extent(_ damage: [RecordFault]) -> Range<UInt64>? {
        guard let start = damage.map(\.range.lowerBound).min(),
            let end = damage.map(\.range.upperBound).max()
        else { return nil }
        return start..<end
    }

    private mutating func take(_ stored: StoredRecord) async throws {
        switch stored.record {
        case .frame(let frame):
            try await announce(frame.header.position.sourceID)
            outcome.frameCount += 1
            outcome.corruptFrameCount += frame.header.flags.contains(.corrupt) ? 1 : 0
            outcome.byteCount += UInt64(frame.payload.byteCount)
            guard await writer.totals.frameCount + 1 == stored.place.sequence else {
                throw TargetDiffers(
                    detail: "frame \(stored.place.sequence) has a number that is taken"
                )
            }
        case .gap: outcome.gapCount += 1
        case .sourceBegin(let begin):
            // The numbers of sources grow, or the announcement is damaged in a way that only the
            // source itself could tell.
            guard begin.sourceID > (await writer.sourceProgress?.begin.sourceID ?? 0) else {
                return
            }
        case .sourceEnd(let end):
            let progress = await writer.sourceProgress
            guard let progress, progress.begin.sourceID == end.sourceID, !progress.isEnded else {
                return
            }
        case .index: return
        case .mark(let mark): if mark.key == SourceDigestMark.key { return }
        }
        try await append(stored.record, standsIn: stored.standsFor != nil)
    }

    /// Announces a source whose own announcement is lost.
    private mutating func announce(_ sourceID: UInt64) async throws {
        guard let progress = await writer.sourceProgress, progress.begin.sourceID < sourceID else {
            return
        }
        let begin = SourceBegin(
            sourceID: sourceID,
            name: "a source whose announcement is lost",
            fingerprint: SourceFingerprint(byteCount: 0, digest: []),
            selection: "",
            totals: StreamTotals()
        )
        try await append(.sourceBegin(begin), standsIn: false)
    }

    private mutating func append(_ record: Record, standsIn: Bool) async throws {
        switch record {
        case .frame(let frame): try await writer.append(frame)
        case .gap(let gap):
            if standsIn {
                try await writer.appendStandIn(gap)
            } else {
                try await writer.append(gap)
            }
        case .sourceBegin(let begin):
            _ = try await writer.beginSource(
                begin.sourceID,
                name: begin.name,
                fingerprint: begin.fingerprint,
                selection: begin.selection,
                identity: begin.identity
            )
        case .sourceEnd(let end):
            try await writer.endSource(content: end.content, identity: end.identity)
        case .mark(let mark): try await writer.append(mark)
        case .index: return
        }
        taken.append(try checksum(record, sequence: await writer.totals.frameCount))
    }

    /// Of all that matters of a record.
    private func checksum(_ record: Record, sequence: UInt64) throws -> CRC32C {
        var record = record
        switch record {
        case .sourceBegin(var begin):
            begin.totals = StreamTotals()
            record = .sourceBegin(begin)
        case .sourceEnd(var end):
            end.frameCount = 0
            end.gapCount = 0
            end.corruptFrameCount = 0
            record = .sourceEnd(end)
        case .frame, .gap, .index, .mark: break
        }
        let place = RecordPlace(sequence: sequence, writerEpoch: 0, indexDistance: 0)
        let encoded = try RecordEncoder(salt: 1, pool: pool).encode(record, at: place)
        return encoded.pieces.reduce(CRC32C()) {
            $0.appending($1.checksum, byteCount: $1.bytes.byteCount)
        }
    }

    /// Compares what was written, read back, with what was taken over, record by record, and checks
    /// all that a stream says about itself.
    ///
    /// - Throws: ``TargetDiffers``; what the store says.
    public func check(_ name: StreamName, in store: any StreamStore) async throws {
        let number = try await store.withReader(for: name) { reader in
            var verifier = try await FrameStreamVerifier(
                name,
                in: store,
                through: reader,
                pool: pool
            )
            var number = 0
            while true {
                let finding = try await verifier.next { stored in
                    if stored.record.isMadeAnew { return }
                    let sum = try checksum(stored.record, sequence: stored.place.sequence)
                    // The gap in front of a head that was given up was not taken over.
                    if number == 0, outcome.head > .zero, stored.offset == 0 { return }
                    guard number < taken.count, taken[number] == sum else {
                        throw TargetDiffers(
                            detail: "the record at offset \(stored.offset) is not what was written"
                        )
                    }
                    number += 1
                }
                guard let finding else { return number }
                if finding.severity == .damage { throw TargetDiffers(detail: "\(finding)") }
            }
        }
        guard number == taken.count else {
            throw TargetDiffers(detail: "\(taken.count - number) records are not there")
        }
    }
}

extension Record {
    /// Whether it says no more than where other records are.
    fileprivate var isMadeAnew: Bool {
        switch self {
        case .index: true
        case .mark(let mark): mark.key == SourceDigestMark.key
        case .frame, .gap, .sourceBegin, .sourceEnd: false
        }
    }
}
