internal import ByteStreams
public import FrameStreams
internal import Pipelines
internal import Stages

/// Makes a sound stream out of a damaged one, which it leaves as it is.
public struct RecoverJob: Sendable {
    /// The stream to read: a path or a URL.
    public var source: String
    /// The stream to make: a path or a URL; there must be none of that name.
    public var target: String

    /// Recovers a stream.
    public init(from source: String, to target: String) {
        self.source = source
        self.target = target
    }

    /// Takes over what is sound, reads it back and compares. If that fails, or the job is stopped,
    /// the target is not there.
    ///
    /// `onLoss` hears of each run of frames that is lost.
    public func run(
        in context: JobContext,
        onLoss: @escaping @Sendable (FrameStreamSalvage.Loss) -> Void
    ) async throws -> FrameStreamSalvage.Outcome {
        let from = try context.stream(source)
        let to = try context.stream(target)
        guard from.location != to.location else {
            throw UsageError("\(source) cannot be recovered into itself; name another stream")
        }
        for fault in try await from.store.faults(of: from.name) {
            context.warn("\(source): the store's \(fault.place) is damaged: \(fault.detail)")
        }
        return try await from.store.withReader(for: from.name) { reader in
            guard try await to.store.createStream(to.name) else {
                throw StageError(
                    .cannotCreate,
                    "\(target) exists; choose another name, or delete it with sprocket streams delete"
                )
            }
            do {
                let outcome = try await salvage(reader, to, context, onLoss)
                if try await reader.bounds().isSealed { try await to.store.sealStream(to.name) }
                return outcome
            } catch {
                // A part of what can be had must not pass for all of it. The first error matters.
                try? await to.store.deleteStream(to.name)
                throw error
            }
        }
    }

    private func salvage(
        _ reader: any ByteStreamReader,
        _ to: OpenStream,
        _ context: JobContext,
        _ onLoss: @escaping @Sendable (FrameStreamSalvage.Loss) -> Void
    ) async throws -> FrameStreamSalvage.Outcome {
        context.report(.begins(source))
        let (salvage, outcome) = try await to.store.withFrameWriter(
            to.name,
            options: FrameStreamWriter.Options(pool: context.pool)
        ) { writer in
            var salvage = FrameStreamSalvage(reader, to: writer, pool: context.pool)
            let outcome = try await salvage.run(
                isStopped: { context.stop.isRaised },
                onLoss: onLoss,
                report: { counts in
                    context.report(
                        .progress(
                            JobProgress(
                                frameCount: counts.frameCount,
                                byteCount: counts.byteCount
                            )
                        )
                    )
                }
            )
            return (salvage, outcome)
        }
        guard !context.stop.isRaised else {
            throw StageError(.temporary, "stopped before the end; \(target) was not made")
        }
        context.report(.begins("\(target), read back"))
        do {
            try await salvage.check(to.name, in: to.store)
        } catch let error as FrameStreamSalvage.TargetDiffers {
            throw StageError(
                .inputOutput,
                "\(target) is not what was written to it: \(error.detail); check the disk, and try another"
            )
        }
        if outcome.head > .zero {
            try await to.store.truncateStream(to.name, before: outcome.head)
        }
        return outcome
    }
}
