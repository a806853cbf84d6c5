internal import ByteStreams
internal import FrameStreams
internal import Pipelines
internal import Stages

/// Copies a stream record by record.
struct WholeCopy {
    let job: CopyJob
    let from: OpenStream
    let to: OpenStream
    let context: JobContext

    func run() async throws -> CopyJob.Outcome {
        try await from.store.withReader(for: from.name) { reader in
            let registration = context.stop.onStop { reader.stop() }
            defer { withExtendedLifetime(registration) {} }
            let faultCount = Latest(0)
            context.report(.begins(job.source))
            let copied = try await copy(reader, faultCount)
            let isStopped = context.stop.isRaised
            if try await reader.bounds().isSealed, !isStopped {
                try await to.store.sealStream(to.name)
            }
            return CopyJob.Outcome(
                existingFrameCount: copied.existingFrameCount,
                frameCount: copied.frameCount,
                corruptFrameCount: copied.corruptFrameCount,
                gapCount: copied.gapCount,
                byteCount: copied.byteCount,
                metFaults: faultCount.value > 0,
                isStopped: isStopped,
                isResumable: true
            )
        }
    }

    private func copy(
        _ reader: any ByteStreamReader,
        _ faultCount: Latest<Int>
    ) async throws -> FrameStreamCopy.Progress {
        do {
            return try await to.store.withFrameWriter(
                to.name,
                options: FrameStreamWriter.Options(pool: context.pool)
            ) { writer in
                try await to.store.withReader(for: to.name) { existing in
                    try await copy(reader, behind: existing, to: writer, faultCount)
                }
            }
        } catch is FrameStreamCopy.TargetDiffers {
            throw StageError(
                .cannotCreate,
                "\(job.target) holds something else than the beginning of \(job.source); choose another name"
            )
        }
    }

    private func copy(
        _ reader: any ByteStreamReader,
        behind existing: any ByteStreamReader,
        to writer: FrameStreamWriter,
        _ faultCount: Latest<Int>
    ) async throws -> FrameStreamCopy.Progress {
        var held = FrameStreamReader(existing, pool: context.pool, payloads: .skip)
        var copy = FrameStreamCopy(
            FrameStreamReader(reader, pool: context.pool, follow: job.selection.follows),
            to: writer
        )
        return try await copy.run(
            behind: &held,
            isStopped: { context.stop.isRaised },
            onFault: { fault in
                faultCount.update { $0 += 1 }
                context.warn(FaultText.text(fault))
            },
            report: { counts in
                context.report(
                    .progress(
                        JobProgress(frameCount: counts.frameCount, byteCount: counts.byteCount)
                    )
                )
            }
        )
    }
}
