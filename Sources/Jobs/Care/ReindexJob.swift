internal import ByteStreams
public import FrameStreams
public import MediaStages
internal import Stages

/// Proves that the index of a stream agrees with its frames, or makes it anew; and takes the
/// censuses that its packets lack.
public struct ReindexJob: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// What was wrong with the index; `nil` if nothing was.
        public let fault: String?
        /// What is true of the index now.
        public let proof: IndexProof
        /// Index records that were appended.
        public let appendedIndexCount: Int
        /// Censuses that were appended.
        public let appendedCensusCount: Int
    }

    /// The stream: a path or a URL.
    public var stream: String
    /// Whether packets that no census counts are decoded.
    public var takesCensus = true
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Looks after the index of a stream.
    public init(stream: String) {
        self.stream = stream
    }

    /// Compares, and appends what is missing.
    public func run(in context: JobContext) async throws -> Outcome {
        let target = try context.stream(stream)
        let before = try await proof(target, context)
        var after = before
        var appendedCount = 0
        if let fault = before.fault {
            context.note("\(stream): \(fault)")
            appendedCount = try await append(target, context)
            after = try await proof(target, context)
            if let fault = after.fault {
                throw StageError(
                    .inputOutput,
                    "\(stream): the index was made anew, and yet \(fault)"
                )
            }
        }
        let taking = CensusTaking(
            stream: stream,
            target: target,
            options: decoding,
            context: context
        )
        return Outcome(
            fault: before.fault,
            proof: after,
            appendedIndexCount: appendedCount,
            appendedCensusCount: takesCensus ? try await taking.run() : 0
        )
    }

    private func proof(_ target: OpenStream, _ context: JobContext) async throws -> IndexProof {
        try await target.store.withReader(for: target.name) { reader in
            try await IndexProof.make(reader, pool: context.pool)
        }
    }

    private func append(_ target: OpenStream, _ context: JobContext) async throws -> Int {
        guard try await !target.store.bounds(of: target.name).isSealed else {
            throw StageError(
                .refused,
                "\(stream) is sealed and takes no index; sprocket recover makes a stream with a sound one"
            )
        }
        return try await target.store.withFrameWriter(
            target.name,
            options: FrameStreamWriter.Options(pool: context.pool)
        ) { try await $0.appendIndexAnew() }
    }
}
