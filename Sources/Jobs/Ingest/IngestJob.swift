import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Pipelines
import Stages
import Synchronization

/// Runs an ingest: one pipeline for each input, all into one stream.
struct Ingest {
    let plan: IngestPlan
    let console: Console
    let interruption: Interruption

    /// Pictures up to a frame, as they are numbered in the stream, once that is known.
    private let numbered = Latest<(frame: UInt64, pictures: UInt64?)?>(nil)

    init(plan: IngestPlan, console: Console, interruption: Interruption) {
        self.plan = plan
        self.console = console
        self.interruption = interruption
    }

    private struct Outcome: Encodable {
        let input: String
        let stream: String
        let status: String
        /// Why it is taken for what is stored.
        var knownBy: String?
        let frames: UInt64
        let corruptFrames: UInt64
        let gaps: UInt64
        let bytes: UInt64
    }

    func run() async throws {
        let inputs = try plan.inputs.map { try MediaInput($0) }
        let pool = BufferPool()
        let target = try Stores.stream(
            plan.target,
            policy: plan.storage,
            pool: pool,
            console: console
        )
        // An input that cannot be opened at all shall not leave an empty stream behind.
        try checkInputs(inputs)
        // What cannot be looked at is not taken away later either.
        let isNew = (try? await target.store.bounds(of: target.name)) == nil
        var writerOptions = FrameStreamWriter.Options()
        writerOptions.pool = pool
        let writer = try await FrameStreamWriter.open(
            target.name,
            in: target.store,
            options: writerOptions
        )
        var hasLosses = false
        do {
            for input in inputs {
                if interruption.signal.isRaised { break }
                hasLosses = try await ingest(input, into: writer, target, pool) || hasLosses
            }
        } catch {
            // The error of the ingest is the one to report; closing keeps what was stored.
            try? await writer.close()
            if isNew { await removeIfEmpty(target) }
            throw error
        }
        try await writer.close()
        if interruption.signal.isRaised {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        if hasLosses { throw ExitCode(ExitStatus.damaged.rawValue) }
    }

    /// Takes away a stream into which nothing came.
    private func removeIfEmpty(_ target: OpenStream) async {
        guard let bounds = try? await target.store.bounds(of: target.name),  // Then it stays.
            bounds.tail == .zero
        else { return }
        try? await target.store.deleteStream(target.name)  // An empty stream does no harm.
    }

    private func checkInputs(_ inputs: [MediaInput]) throws {
        for case .file(let path) in inputs where !Files.exists(path) {
            throw CommandError(.noInput, "there is no file \(path)")
        }
    }

    /// - Returns: Whether something was lost or damaged.
    private func ingest(
        _ input: MediaInput,
        into writer: FrameStreamWriter,
        _ target: OpenStream,
        _ pool: BufferPool
    ) async throws -> Bool {
        let files = input.files()
        var recognition = SourceRecognition(
            identity: files?.identity,
            isReadable: files?.isComplete ?? false,
            checksContent: plan.checksContent
        )
        var resumed: Resumption?
        switch try await verdict(on: input, files, &recognition, in: writer) {
        case .leaveOut(let done, let ground):
            try leaveOut(input, done, ground, target)
            return false
        case .readEnds, .readContent: return false
        case .resume(let progress):
            resumed = try await resumption(progress, files, in: writer)
            if resumed == nil { sayDiffers(input, progress) }
        case .store: break
        }
        if let resumed {
            console.note("going on behind frame \(resumed.progress.lastOrdinal) of \(input.name)")
        }
        var run = IngestRun(
            plan: plan,
            input: input,
            files: files,
            recognition: recognition,
            target: target,
            writer: writer,
            pool: pool,
            resumed: resumed,
            picturesBefore: try await picturesBefore(resumed, writer, target, pool),
            console: console
        )
        let result: IngestRun.Result
        do {
            result = try await run.run(stop: interruption.signal)
        } catch let error as PipelineError where error.cause is MatchStored.Differs {
            if let progress = resumed?.progress { sayDiffers(input, progress) }
            run.resumed = nil
            run.picturesBefore = try await picturesBefore(nil, writer, target, pool)
            result = try await run.run(stop: interruption.signal)
        }
        await note(run, writer)
        return try await finish(input, result, isResumed: run.resumed != nil, writer, target)
    }

    private func sayDiffers(_ input: MediaInput, _ progress: SourceProgress) {
        console.note(
            """
            \(input.name) is not what the \(CountText.text(progress.frameCount, "frame")) of it in the stream are \
            from; it is stored from its start
            """
        )
    }

    private func leaveOut(
        _ input: MediaInput,
        _ done: EndedSource,
        _ ground: SourceRecognition.Ground,
        _ target: OpenStream
    ) throws {
        console.note(reason(input, done, ground, target))
        try report(
            Outcome(
                input: input.name,
                stream: "\(target.location)",
                status: "already stored",
                knownBy: ground.rawValue,
                frames: done.end.frameCount,
                corruptFrames: done.end.corruptFrameCount,
                gaps: done.end.gapCount,
                bytes: 0
            )
        )
    }

    /// Says what was stored.
    ///
    /// - Returns: Whether something was lost or damaged.
    private func finish(
        _ input: MediaInput,
        _ result: IngestRun.Result,
        isResumed: Bool,
        _ writer: FrameStreamWriter,
        _ target: OpenStream
    ) async throws -> Bool {
        let counts = result.counts
        let isStopped = interruption.signal.isRaised
        let progress = await writer.sourceProgress
        try report(
            Outcome(
                input: input.name,
                stream: "\(target.location)",
                status: isStopped ? "stopped" : "stored",
                frames: counts.frameCount,
                corruptFrames: counts.corruptFrameCount,
                gaps: counts.gapCount,
                bytes: counts.byteCount
            )
        )
        say(counts, input, target, isResumed: isResumed)
        if let change = result.change {
            console.warn(
                """
                \(input.name): \(change) while it was stored; the frames may be of no single state of it, and it \
                is stored again by the next ingest
                """
            )
        }
        // Losses before an interruption count as well: the source has them.
        let before = isResumed ? progress?.gapCount ?? 0 : 0
        return counts.hasLosses || before > 0 || (progress?.corruptFrameCount ?? 0) > 0
            || result.change != nil
    }

    /// Notes how many pictures there are up to the end of a run that counted packets.
    private func note(_ run: IngestRun, _ writer: FrameStreamWriter) async {
        guard let census = run.takenCensus else { return }
        let pictures = run.picturesBefore.map { $0 + census.pictureCount }
        numbered.value = (await writer.totals.frameCount, pictures)
    }

    /// Pictures before those of the next source, or of the one that goes on, if packets count.
    private func picturesBefore(
        _ resumed: Resumption?,
        _ writer: FrameStreamWriter,
        _ target: OpenStream,
        _ pool: BufferPool
    ) async throws -> UInt64? {
        guard plan.storesPackets, plan.takesCensus else { return nil }
        let totals = await writer.totals
        let before = resumed?.progress.begin.totals.frameCount ?? totals.frameCount
        if let known = numbered.value, known.frame == before { return known.pictures }
        return try await target.store.withReader(for: target.name) { reader in
            try await StreamCensus.pictureCount(beforeFrame: before + 1, in: reader, pool: pool)
        }
    }

    private func report(_ outcome: Outcome) throws {
        guard plan.isJSON else { return }
        try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
    }

    private func say(
        _ counts: OutputCounts,
        _ input: MediaInput,
        _ target: OpenStream,
        isResumed: Bool
    ) {
        console.note(
            "\(input.name): \(CountText.text(counts.frameCount, isResumed ? "more frame" : "frame")), "
                + "\(ByteText.text(counts.byteCount)) into \(target.location)"
        )
        if counts.hasLosses {
            console.warn(
                "\(input.name): \(CountText.text(counts.corruptFrameCount, "frame", "marked corrupt")) "
                    + "(\(counts.dependentFrameCount) more rest on them) and "
                    + "\(CountText.text(counts.gapCount, "gap")); sprocket verify lists them"
            )
        }
        if counts.discontinuityCount > 0 {
            console.note(
                "\(input.name): "
                    + CountText.text(
                        counts.discontinuityCount,
                        "place",
                        "where its container says that packets are missing or joined"
                    )
            )
        }
    }
}
