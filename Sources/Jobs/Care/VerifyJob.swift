internal import ByteStreams
internal import FrameFormat
public import FrameStreams
public import MediaStages
internal import Stages

/// Checks every byte of a stream.
public struct VerifyJob: Sendable {
    /// Something that is worth a line.
    public enum Finding: Sendable {
        /// What the records show.
        case record(FrameStreamVerifier.Finding)
        /// What looking into a frame has shown: always damage.
        case frame(FrameCheck.Finding)
        /// What a census says of packets that did not decode when they were stored.
        case census(sequence: UInt64, detail: String)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// What the records show.
        public let records: FrameStreamVerifier.Result
        /// What is known of packets that did not decode when they were stored.
        public let censuses: StreamCensus
        /// Damage that looking into frames has shown.
        public fileprivate(set) var frameDamageCount: UInt64 = 0
        /// Frames that were looked into.
        public fileprivate(set) var checkedCount: UInt64 = 0
        /// Frames that were not, for want of others that they need.
        public fileprivate(set) var skippedCount: UInt64 = 0
        /// Packets that gave no picture.
        public fileprivate(set) var unshownCount: UInt64 = 0

        /// Frames that are marked corrupt, in their records or by a census.
        public var corruptFrameCount: UInt64 {
            let marked = records.corruptFrameCount
            return marked - min(marked, censuses.supersededCount) + censuses.corruptCount
        }

        /// Gaps, packets that did not decode included.
        public var gapCount: UInt64 { records.gapCount + censuses.refusedCount }

        /// Damage of all kinds.
        public var damageCount: UInt64 { records.damageCount + frameDamageCount }

        /// Whether anything is damaged or missing.
        public var hasLosses: Bool {
            damageCount > 0 || corruptFrameCount > 0
                || records.lossCount + censuses.refusedCount + censuses.restingCount > 0
        }
    }

    /// The stream: a path or a URL.
    public var stream: String
    /// Whether every packet is decoded, and every picture compared with its description.
    public var isDeep = false
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Checks a stream.
    public init(stream: String) {
        self.stream = stream
    }

    /// Reads everything.
    ///
    /// `each` hears of each finding as it is met.
    public func run(
        in context: JobContext,
        each: @escaping @Sendable (Finding) throws -> Void
    ) async throws -> Outcome {
        let target = try context.stream(stream)
        let bounds = try await target.store.bounds(of: target.name)
        context.report(.begins(stream))
        let check = isDeep ? FrameCheck(decoding: decoding, pool: context.pool) : nil
        var frameDamageCount: UInt64 = 0
        let result = try await target.store.withReader(for: target.name) { reader in
            var verifier = try await FrameStreamVerifier(
                target.name,
                in: target.store,
                through: reader,
                pool: context.pool
            )
            while let finding = try await verifier.next(inspecting: { stored in
                guard case .frame(let frame) = stored.record else { return }
                if let check { frameDamageCount += try say(try check.take(frame), each) }
                context.report(.progress(progress(stored, frame, bounds)))
            }) {
                try each(.record(finding))
            }
            if let check { frameDamageCount += try say(try check.finish(), each) }
            return verifier.result
        }
        let censuses = try await target.store.withReader(for: target.name) { reader in
            try await StreamCensus.read(reader, pool: context.pool)
        }
        for note in censuses.damageNotes {
            try each(.census(sequence: note.sequence, detail: note.detail))
        }
        var outcome = Outcome(records: result, censuses: censuses)
        outcome.frameDamageCount = frameDamageCount
        if let check {
            outcome.checkedCount = check.checkedCount
            outcome.skippedCount = check.skippedCount
            outcome.unshownCount = check.unshownCount
        }
        return outcome
    }

    private func say(
        _ findings: [FrameCheck.Finding],
        _ each: (Finding) throws -> Void
    ) throws -> UInt64 {
        for finding in findings { try each(.frame(finding)) }
        return UInt64(findings.count)
    }

    private func progress(
        _ stored: StoredRecord,
        _ frame: Frame,
        _ bounds: StreamBounds
    ) -> JobProgress {
        let byteCount = bounds.tail.value - bounds.head.value
        let done = stored.offset - min(stored.offset, bounds.head.value)
        return JobProgress(
            frameCount: frame.header.sequence,
            byteCount: done,
            fraction: byteCount > 0 ? Double(done) / Double(byteCount) : nil
        )
    }
}
