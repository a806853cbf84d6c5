internal import ByteStreams
internal import FrameFormat
internal import FrameStreams
internal import Pipelines
internal import Stages

extension IngestJob {
    /// Stores all inputs that are not in the stream yet.
    ///
    /// A stop ends the input that is being stored, with what came of it, and no other is begun.
    ///
    /// `each` hears what became of each input that was looked at.
    ///
    /// - Returns: Whether anything was lost or damaged.
    public func run(
        in context: JobContext,
        each: @Sendable (IngestOutcome) throws -> Void
    ) async throws -> Bool {
        let inputs = try inputs.map { try MediaInput($0) }
        let stream = try context.stream(target, policy: policy)
        // An input that cannot be opened at all shall not leave an empty stream behind.
        try requireInputs(inputs)
        let isNew = try await stream.store.createStream(stream.name)
        do {
            return try await stream.store.withFrameWriter(
                stream.name,
                options: FrameStreamWriter.Options(pool: context.pool)
            ) { writer in
                let ingest = Ingest(job: self, target: stream, writer: writer, context: context)
                var hasLosses = false
                for input in inputs where !context.stop.isRaised {
                    guard let outcome = try await ingest.store(input) else { continue }
                    try each(outcome)
                    hasLosses = hasLosses || outcome.hasLosses
                }
                return hasLosses
            }
        } catch {
            if isNew { await removeIfEmpty(stream) }
            throw error
        }
    }

    /// Takes away a stream into which nothing came.
    private func removeIfEmpty(_ stream: OpenStream) async {
        guard let bounds = try? await stream.store.bounds(of: stream.name),  // Then it stays.
            bounds.tail == .zero
        else { return }
        try? await stream.store.deleteStream(stream.name)  // An empty stream does no harm.
    }

    private func requireInputs(_ inputs: [MediaInput]) throws {
        for case .file(let path) in inputs where !Files.exists(path) {
            throw StageError(.noInput, "there is no file \(path)")
        }
    }
}
