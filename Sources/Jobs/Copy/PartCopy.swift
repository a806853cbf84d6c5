internal import ByteStreams
internal import FrameFormat
internal import FrameStreams
internal import Pipelines
internal import Stages

/// Makes one source of a new stream out of some frames of another.
struct PartCopy {
    let job: CopyJob
    let from: OpenStream
    let to: OpenStream
    let context: JobContext

    func run() async throws -> CopyJob.Outcome {
        let reading = StreamReading(
            from,
            job.selection,
            decodes: true,
            decoding: job.decoding,
            in: context
        )
        let tally = Tally()
        try await to.store.withFrameWriter(
            to.name,
            options: FrameStreamWriter.Options(pool: context.pool)
        ) { writer in
            guard await writer.totals == StreamTotals() else {
                throw StageError(
                    .cannotCreate,
                    "\(job.target) has frames already; a part goes into a new stream"
                )
            }
            let sink = StreamSink(
                writer,
                introducing: StreamSink.Introduction(
                    name: from.location.description,
                    fingerprint: SourceFingerprint(byteCount: 0, digest: []),
                    selection: "copy"
                ),
                report: { tally.update($0) }
            )
            try await reading.run(into: sink)
        }
        let counts = tally.counts
        return CopyJob.Outcome(
            frameCount: counts.frameCount,
            corruptFrameCount: counts.corruptFrameCount,
            gapCount: counts.gapCount,
            byteCount: counts.byteCount,
            metFaults: reading.metFaults,
            isStopped: context.stop.isRaised,
            isResumable: false
        )
    }
}
