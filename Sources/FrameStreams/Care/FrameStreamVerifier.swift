public import Buffers
public import ByteStreams
public import FrameFormat

/// Checks everything that a stream says about itself: every byte of every record, that no number is
/// missing, that the index, the totals and the sources agree with the frames, and what the store
/// keeps.
public struct FrameStreamVerifier: Sendable {
    /// One thing that is wrong, or worth knowing.
    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// How bad it is.
        public enum Severity: Hashable, Sendable {
            /// Nothing is damaged: a gap that the stream records, a time that goes back.
            case note
            /// The stream is damaged here.
            case damage
        }

        /// How bad it is.
        public var severity: Severity
        /// The number of the record in this pass, from 1; `nil` for what is beside records.
        public var recordNumber: UInt64?
        /// The offset of the first byte concerned, where there is one.
        public var offset: UInt64?
        /// The sequence number concerned, where it is known.
        public var sequence: UInt64?
        /// What is wrong: lower case, no full stop.
        public var detail: String

        /// One line for a person.
        public var description: String {
            var places: [String] = []
            if let recordNumber { places.append("record \(recordNumber)") }
            if let offset { places.append("offset \(offset)") }
            if let sequence { places.append("sequence \(sequence)") }
            return places.isEmpty ? detail : "\(places.joined(separator: ", ")): \(detail)"
        }
    }

    /// The outcome of a whole pass.
    public struct Result: Hashable, Sendable {
        /// Records that passed.
        public var recordCount: UInt64 = 0
        /// Frames that passed.
        public var frameCount: UInt64 = 0
        /// Gaps that the stream records.
        public var gapCount: UInt64 = 0
        /// Those of the gaps in which frames are missing.
        public var lossCount: UInt64 = 0
        /// Frames that passed and are marked corrupt by their source.
        public var corruptFrameCount: UInt64 = 0
        /// Numbers of frames that are missing.
        public var missingFrameCount: UInt64 = 0
        /// Findings of damage.
        public var damageCount: UInt64 = 0

        /// Whether nothing is damaged.
        public var isClean: Bool { damageCount == 0 }
    }

    /// The totals so far; complete when ``next(inspecting:)`` has returned `nil`.
    public private(set) var result = Result()

    private var records: FrameStreamReader
    private var audit: StreamAudit
    private var recordNumber: UInt64 = 0
    private var findings: [Finding]

    /// Prepares a pass over a stream from its head to the tail of now.
    ///
    /// The reader is one of that stream, and stays the caller's to close.
    ///
    /// - Throws: What the store says.
    public init(
        _ name: StreamName,
        in store: any StreamStore,
        through reader: any ByteStreamReader,
        pool: BufferPool = BufferPool()
    ) async throws {
        findings = try await store.faults(of: name).map { fault in
            Finding(
                severity: .damage,
                offset: fault.offset?.value,
                detail: "the store's \(fault.place) is damaged: \(fault.detail)"
            )
        }
        audit = StreamAudit(isComplete: try await reader.bounds().head == .zero)
        records = FrameStreamReader(reader, pool: pool)
    }

    /// The next finding; `nil` when the pass is complete.
    ///
    /// - Parameter inspect: Sees every sound record on the way, and may throw to end the pass.
    public mutating func next(
        inspecting inspect: (StoredRecord) async throws -> Void = { _ in }
    ) async throws -> Finding? {
        while findings.isEmpty {
            guard let item = try await records.next() else { return nil }
            take(item)
            if case .record(let stored) = item { try await inspect(stored) }
        }
        let finding = findings.removeFirst()
        if finding.severity == .damage { result.damageCount += 1 }
        return finding
    }

    private mutating func take(_ item: StreamItem) {
        switch item {
        case .record(let stored): take(stored)
        case .fault(let fault): take(fault)
        case .missing(let gap):
            result.missingFrameCount += gap.last - gap.first + 1
            audit.noteDamage()
            findings.append(
                Finding(
                    severity: .damage,
                    sequence: gap.first,
                    detail: gap.first == gap.last
                        ? "the frame is missing" : "the frames up to \(gap.last) are missing"
                )
            )
        }
    }

    private mutating func take(_ stored: StoredRecord) {
        recordNumber += 1
        result.recordCount += 1
        switch stored.record {
        case .frame(let frame):
            result.frameCount += 1
            result.corruptFrameCount += frame.header.flags.contains(.corrupt) ? 1 : 0
        case .gap(let gap):
            result.gapCount += 1
            result.lossCount += gap.isLoss ? 1 : 0
        case .index, .sourceBegin, .sourceEnd, .mark: break
        }
        findings += audit.take(stored).map { remark in
            Finding(
                severity: remark.severity,
                recordNumber: recordNumber,
                offset: stored.offset,
                sequence: stored.place.sequence,
                detail: remark.detail
            )
        }
    }

    private mutating func take(_ fault: StreamFaultItem) {
        switch fault {
        case .record(let fault):
            recordNumber += 1
            audit.noteDamage()
            findings.append(
                Finding(
                    severity: .damage,
                    recordNumber: recordNumber,
                    offset: fault.range.lowerBound,
                    sequence: fault.sequence,
                    detail: "\(fault.range.count) bytes are damaged: \(fault.error)"
                )
            )
        case .unfinished(let fault):
            recordNumber += 1
            findings.append(
                Finding(
                    severity: .note,
                    recordNumber: recordNumber,
                    offset: fault.range.lowerBound,
                    sequence: fault.sequence,
                    detail: "the writer was interrupted within the record, nothing complete is lost"
                )
            )
        case .store(let range, let detail):
            findings.append(
                Finding(
                    severity: .damage,
                    recordNumber: recordNumber,
                    offset: range.lowerBound,
                    detail: "the store's check failed, all records passed theirs: \(detail)"
                )
            )
        }
    }
}
