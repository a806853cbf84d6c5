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
        let frames: UInt64
        let corruptFrames: UInt64
        let gaps: UInt64
        let bytes: UInt64
    }

    func run() async throws {
        let inputs = try plan.inputs.map { try MediaInput($0) }
        let pool = BufferPool()
        let target = try OpenStream(
            plan.target,
            pool: pool,
            options: plan.storage,
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
        let found = try input.fingerprint()
        let fingerprint = SourceFingerprint(
            byteCount: found?.byteCount ?? 0,
            digest: found?.digest ?? []
        )
        if found != nil, let done = try await finished(fingerprint, in: writer) {
            console.note("\(input.name) is in \(target.location) already; nothing to do")
            try report(
                Outcome(
                    input: input.name,
                    stream: "\(target.location)",
                    status: "already stored",
                    frames: done.end.frameCount,
                    corruptFrames: done.end.corruptFrameCount,
                    gaps: done.end.gapCount,
                    bytes: 0
                )
            )
            return false
        }
        let resumed = found == nil ? nil : await unfinished(fingerprint, in: writer)
        if let resumed {
            console.note("going on behind frame \(resumed.lastOrdinal) of \(input.name)")
        }
        let run = IngestRun(
            plan: plan,
            input: input,
            target: target,
            writer: writer,
            pool: pool,
            resumed: resumed,
            picturesBefore: try await picturesBefore(resumed, writer, target, pool),
            console: console
        )
        let counts = try await run.run(fingerprint: fingerprint, stop: interruption.signal)
        await note(run, writer)
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
        say(counts, input, target, isResumed: resumed != nil)
        // Losses before an interruption count as well: the source has them.
        let before = resumed == nil ? 0 : progress?.gapCount ?? 0
        return counts.hasLosses || before > 0 || (progress?.corruptFrameCount ?? 0) > 0
    }

    /// Notes how many pictures there are up to the end of a run that counted packets.
    private func note(_ run: IngestRun, _ writer: FrameStreamWriter) async {
        guard let census = run.takenCensus else { return }
        let pictures = run.picturesBefore.map { $0 + census.pictureCount }
        numbered.value = (await writer.totals.frameCount, pictures)
    }

    /// Pictures before those of the next source, or of the one that goes on, if packets count.
    private func picturesBefore(
        _ resumed: SourceProgress?,
        _ writer: FrameStreamWriter,
        _ target: OpenStream,
        _ pool: BufferPool
    ) async throws -> UInt64? {
        guard plan.storesPackets, plan.takesCensus else { return nil }
        let totals = await writer.totals
        let before = resumed?.begin.totals.frameCount ?? totals.frameCount
        if let known = numbered.value, known.frame == before { return known.pictures }
        return try await target.store.withReader(for: target.name) { reader in
            try await StreamCensus.pictureCount(beforeFrame: before + 1, in: reader, pool: pool)
        }
    }

    /// What an earlier run stored to the end from the same source with the same selection.
    private func finished(
        _ fingerprint: SourceFingerprint,
        in writer: FrameStreamWriter
    ) async throws -> EndedSource? {
        try await writer.endedSources(matching: fingerprint, selection: plan.selectionLine).first
    }

    /// How far an earlier run came with the same source and the same selection.
    private func unfinished(
        _ fingerprint: SourceFingerprint,
        in writer: FrameStreamWriter
    ) async -> SourceProgress? {
        guard let stored = await writer.sourceProgress, !stored.isEnded,
            stored.begin.fingerprint == fingerprint, stored.begin.selection == plan.selectionLine
        else { return nil }
        return stored
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
