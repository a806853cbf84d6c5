internal import ByteStreams
internal import FrameFormat
internal import FrameStreams
internal import Pipelines
internal import Stages

/// Stores one input after the other in a stream that is open for writing.
struct Ingest {
    let job: IngestJob
    let target: OpenStream
    let writer: FrameStreamWriter
    let context: JobContext

    /// Pictures up to a frame, as they are numbered in the stream, once that is known.
    private let numbered = Latest<(frame: UInt64, pictures: UInt64?)?>(nil)

    init(job: IngestJob, target: OpenStream, writer: FrameStreamWriter, context: JobContext) {
        self.job = job
        self.target = target
        self.writer = writer
        self.context = context
    }

    /// - Returns: `nil` if the job was stopped before anything was decided.
    func store(_ input: MediaInput) async throws -> IngestOutcome? {
        let files = input.files()
        var recognition = SourceRecognition(
            identity: files?.identity,
            isReadable: files?.isComplete ?? false,
            checksContent: job.checksContent
        )
        var resumed: Resumption?
        switch try await verdict(on: input, files, &recognition) {
        case .leaveOut(let done, let ground):
            context.note(reason(input, done, ground))
            return alreadyStored(input, done, ground)
        case .readEnds, .readContent: return nil
        case .resume(let progress):
            resumed = try await resumption(progress, files)
            if resumed == nil { sayDiffers(input, progress) }
        case .store: break
        }
        if let resumed {
            context.note("going on behind frame \(resumed.progress.lastOrdinal) of \(input.name)")
        }
        var run = IngestRun(
            job: job,
            input: input,
            files: files,
            recognition: recognition,
            target: target,
            writer: writer,
            resumed: resumed,
            picturesBefore: try await picturesBefore(resumed),
            context: context
        )
        let result: IngestRun.Result
        do {
            result = try await run.run()
        } catch let error as PipelineError where error.cause is MatchStored.Differs {
            if let progress = resumed?.progress { sayDiffers(input, progress) }
            run.resumed = nil
            run.picturesBefore = try await picturesBefore(nil)
            result = try await run.run()
        }
        await note(run)
        return await outcome(input, result, isResumed: run.resumed != nil)
    }

    private func sayDiffers(_ input: MediaInput, _ progress: SourceProgress) {
        context.note(
            """
            \(input.name) is not what the \(CountText.text(progress.frameCount, "frame")) of it in the stream are \
            from; it is stored from its start
            """
        )
    }

    private func alreadyStored(
        _ input: MediaInput,
        _ done: EndedSource,
        _ ground: SourceRecognition.Ground
    ) -> IngestOutcome {
        IngestOutcome(
            input: input.name,
            stream: "\(target.location)",
            status: .alreadyStored,
            knownBy: ground.rawValue,
            frameCount: done.end.frameCount,
            corruptFrameCount: done.end.corruptFrameCount,
            gapCount: done.end.gapCount,
            byteCount: 0,
            hasLosses: false
        )
    }

    /// Says what was stored.
    private func outcome(
        _ input: MediaInput,
        _ result: IngestRun.Result,
        isResumed: Bool
    ) async -> IngestOutcome {
        let counts = result.counts
        let progress = await writer.sourceProgress
        // Losses before an interruption count as well: the source has them.
        let gapsBefore = isResumed ? progress?.gapCount ?? 0 : 0
        let hasLosses =
            counts.hasLosses || gapsBefore > 0 || (progress?.corruptFrameCount ?? 0) > 0
            || result.change != nil
        say(counts, input, isResumed: isResumed)
        if let change = result.change {
            context.warn(
                """
                \(input.name): \(change) while it was stored; the frames may be of no single state of it, and it \
                is stored again by the next ingest
                """
            )
        }
        return IngestOutcome(
            input: input.name,
            stream: "\(target.location)",
            status: context.stop.isRaised ? .stopped : .stored,
            frameCount: counts.frameCount,
            corruptFrameCount: counts.corruptFrameCount,
            gapCount: counts.gapCount,
            byteCount: counts.byteCount,
            hasLosses: hasLosses
        )
    }

    private func say(_ counts: OutputCounts, _ input: MediaInput, isResumed: Bool) {
        context.note(
            "\(input.name): \(CountText.text(counts.frameCount, isResumed ? "more frame" : "frame")), "
                + "\(ByteText.text(counts.byteCount)) into \(target.location)"
        )
        if counts.hasLosses {
            context.warn(
                "\(input.name): \(CountText.text(counts.corruptFrameCount, "frame", "marked corrupt")) "
                    + "(\(counts.dependentFrameCount) more rest on them) and "
                    + "\(CountText.text(counts.gapCount, "gap")); sprocket verify lists them"
            )
        }
        if counts.discontinuityCount > 0 {
            context.note(
                "\(input.name): "
                    + CountText.text(
                        counts.discontinuityCount,
                        "place",
                        "where its container says that packets are missing or joined"
                    )
            )
        }
    }

    /// Notes how many pictures there are up to the end of a run that counted packets.
    private func note(_ run: IngestRun) async {
        guard let census = run.takenCensus else { return }
        let pictures = run.picturesBefore.map { $0 + census.pictureCount }
        numbered.value = (await writer.totals.frameCount, pictures)
    }

    /// Pictures before those of the next source, or of the one that goes on, if packets count.
    private func picturesBefore(_ resumed: Resumption?) async throws -> UInt64? {
        guard job.storesPackets, job.takesCensus else { return nil }
        let totals = await writer.totals
        let before = resumed?.progress.begin.totals.frameCount ?? totals.frameCount
        if let known = numbered.value, known.frame == before { return known.pictures }
        return try await target.store.withReader(for: target.name) { reader in
            try await StreamCensus.pictureCount(
                beforeFrame: before + 1,
                in: reader,
                pool: context.pool
            )
        }
    }
}
