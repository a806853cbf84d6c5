import ArgumentParser
import FrameStreams
import Jobs
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
        let job = RecoverJob(from: source, to: target)
        let run = JobRun(output)
        let outcome = try await run.run { [self] context in
            try await job.run(in: context) { say($0, run.console) }
        }
        try finish(outcome, run.console)
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
