import ArgumentParser
import Buffers
import ByteStreams
import FrameStreams
import Pipelines
import Stages

/// `sprocket recover`
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Make a sound stream out of a damaged one.",
        discussion: """
            Takes every sound frame, gap, source and mark over into a new stream, under the same numbers; a gap \
            stands for each run of frames that is lost, and is said. The new stream is then read back and \
            compared. The damaged stream is left as it is. Exits with 3 when something was lost.

            EXAMPLES
              sprocket recover stream rescued
              sprocket recover stream rescued --json
            """
    )

    @Argument(help: "The stream to read.")
    var source: String

    @Argument(help: "The stream to make; there must be none of that name.")
    var target: String

    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let type = "loss"
        let firstFrame: UInt64?
        let lastFrame: UInt64?
        let firstOffset: UInt64?
        let endOffset: UInt64?
        let detail: String
    }

    private struct Total: Encodable {
        let type = "total"
        let source: String
        let target: String
        let frames: UInt64
        let lostFrames: UInt64
        let losses: UInt64
        let gaps: UInt64
        let corruptFrames: UInt64
        let bytes: UInt64
    }

    func run() async throws {
        let console = Console(output)
        let pool = BufferPool()
        let from = try Stores.stream(source, pool: pool)
        let to = try Stores.stream(target, pool: pool)
        guard from.location != to.location else {
            throw ValidationError("\(source) cannot be recovered into itself; name another stream")
        }
        for fault in try await from.store.faults(of: from.name) {
            console.warn("\(source): the store's \(fault.place) is damaged: \(fault.detail)")
        }
        guard try await !exists(to) else {
            throw CommandError(
                .cannotCreate,
                "\(target) exists; choose another name, or delete it with sprocket streams delete"
            )
        }
        let reader = try await from.store.openReader(for: from.name)
        let outcome: FrameStreamSalvage.Outcome
        do {
            outcome = try await recover(from, reader, to, pool, console)
        } catch {
            await reader.close()
            // A part of what can be had must not pass for all of it. The first error matters.
            try? await to.store.deleteStream(to.name)
            throw error
        }
        let isSealed = try await reader.bounds().isSealed
        await reader.close()
        if isSealed { try await to.store.sealStream(to.name) }
        try finish(outcome, console)
    }

    private func exists(_ stream: OpenStream) async throws -> Bool {
        do throws(StreamError) {
            _ = try await stream.store.bounds(of: stream.name)
            return true
        } catch {
            switch error.code {
            case .notFound: return false
            case .damaged: return true
            default: throw error
            }
        }
    }

    private func recover(
        _ from: OpenStream,
        _ reader: any ByteStreamReader,
        _ to: OpenStream,
        _ pool: BufferPool,
        _ console: Console
    ) async throws -> FrameStreamSalvage.Outcome {
        var options = FrameStreamWriter.Options()
        options.pool = pool
        let interruption = Interruption(console: console)
        let progress = Progress(console)
        progress.begin(source)
        let writer = try await FrameStreamWriter.open(to.name, in: to.store, options: options)
        let (salvage, outcome) = try await progress.shown { [self] in
            var salvage = FrameStreamSalvage(reader, to: writer, pool: pool)
            do {
                let outcome = try await salvage.run(
                    isStopped: { interruption.signal.isRaised },
                    onLoss: { say($0, console) },
                    report: { counts in
                        progress.update(
                            frameCount: counts.frameCount,
                            byteCount: counts.byteCount,
                            fraction: nil
                        )
                    }
                )
                try await writer.close()
                return (salvage, outcome)
            } catch {
                // The first error is the one to report.
                try? await writer.close()
                throw error
            }
        }
        guard !interruption.signal.isRaised else {
            throw CommandError(.temporary, "stopped before the end; \(target) was not made")
        }
        progress.begin("\(target), read back")
        do {
            try await progress.shown { try await salvage.check(to.name, in: to.store) }
        } catch let error as FrameStreamSalvage.TargetDiffers {
            throw CommandError(
                .inputOutput,
                "\(target) is not what was written to it: \(error.detail); check the disk, and try another"
            )
        }
        if outcome.head > .zero {
            try await to.store.truncateStream(to.name, before: outcome.head)
        }
        return outcome
    }

    private func say(_ loss: FrameStreamSalvage.Loss, _ console: Console) {
        if output.json {
            let line = Line(
                firstFrame: loss.frames?.lowerBound,
                lastFrame: loss.frames?.upperBound,
                firstOffset: loss.offsets?.lowerBound,
                endOffset: loss.offsets?.upperBound,
                detail: loss.detail
            )
            // What cannot be written now is missed by the last line too, which says so.
            if let text = try? JSONLine.text(line) { try? ByteOutput.standardOutput.write(text) }
        }
        let frames =
            loss.frames.map { frames in
                frames.count == 1
                    ? "frame \(frames.lowerBound) is lost"
                    : "frames \(frames.lowerBound) to \(frames.upperBound) are lost"
            } ?? "no frame is known to be lost"
        let offsets = loss.offsets.map { " at offsets \($0.lowerBound) to \($0.upperBound)" } ?? ""
        console.warn("\(source): \(frames)\(offsets): \(loss.detail)")
    }

    private func finish(_ outcome: FrameStreamSalvage.Outcome, _ console: Console) throws {
        if output.json {
            let total = Total(
                source: source,
                target: target,
                frames: outcome.frameCount,
                lostFrames: outcome.lostFrameCount,
                losses: outcome.lossCount,
                gaps: outcome.gapCount,
                corruptFrames: outcome.corruptFrameCount,
                bytes: outcome.byteCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(total))
        }
        let frames = CountText.text(outcome.frameCount, "frame")
        let lost = CountText.text(outcome.lostFrameCount, "frame")
        console.note(
            "\(source): \(frames), \(ByteText.text(outcome.byteCount)) into \(target), read back; \(lost) lost"
        )
        if outcome.lossCount > 0 { throw ExitCode(ExitStatus.damaged.rawValue) }
    }
}
