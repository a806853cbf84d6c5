internal import Buffers
internal import ByteStreams
internal import FrameFormat
internal import FrameStreams
internal import MediaStages
internal import Stages

/// Takes the censuses that a stream lacks, and notes them at its tail.
struct CensusTaking {
    let stream: String
    let target: OpenStream
    let options: Decode.Options
    let context: JobContext

    /// Decodes, appends and says it.
    ///
    /// - Returns: Censuses that were appended.
    func run() async throws -> Int {
        let outcomes = try await target.store.withReader(for: target.name) { reader in
            try await CensusPass.run(reader, options: options, pool: context.pool)
        }
        guard !outcomes.isEmpty else { return 0 }
        guard try await !target.store.bounds(of: target.name).isSealed else {
            context.note(
                "\(stream) is sealed and takes no census; sprocket copy makes a stream that does"
            )
            return 0
        }
        var marks: [Mark] = []
        var count = 0
        for outcome in outcomes {
            switch outcome {
            case .taken(let placed):
                guard let found = CensusMarks.marks(of: placed) else {
                    context.note("\(stream): the census of a source is too large to be stored")
                    continue
                }
                marks += found
                count += 1
                say(placed)
            case .failed(let frames, let reason):
                context.note(
                    "\(stream): frames \(frames.lowerBound) to \(frames.upperBound): no census: \(reason)"
                )
            }
        }
        if !marks.isEmpty { try await append(marks) }
        return count
    }

    private func say(_ placed: PlacedCensus) {
        let census = placed.census
        let last = placed.firstSequence + census.packetCount - 1
        var line =
            "\(stream): census of frames \(placed.firstSequence) to \(last): "
            + "\(CountText.text(census.pictureCount, "picture")) of "
            + CountText.text(census.packetCount, "packet")
        if census.hasDamage {
            line +=
                ", \(census.corrupt.count) damaged, \(census.resting.count) resting on those, "
                + "\(CountText.text(census.refused.count, "packet")) refused"
        }
        context.note(line)
    }

    private func append(_ marks: [Mark]) async throws {
        try await target.store.withFrameWriter(
            target.name,
            options: FrameStreamWriter.Options(pool: context.pool)
        ) { writer in
            for mark in marks { try await writer.append(mark) }
        }
    }
}
