import ArgumentParser
import Jobs
import Stages

/// `sprocket copy`
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a stream, or a part of it, into another.",
        discussion: """
            A whole copy keeps frames, packets, numbers, times, gaps, sources and marks; a stream that is sealed \
            seals its copy. It goes on where it was interrupted when the same command runs again. A part, or \
            pictures out of packets, makes one new source of a new stream, and frames keep their times and their \
            ordinals.

            EXAMPLES
              sprocket copy stream backup
              sprocket copy camera backup --follow
              sprocket copy stream part --time 10..20
              sprocket copy packets pictures --payload raw
            """
    )

    @Argument(help: "The stream to read.")
    var source: String

    @Argument(help: "The stream to write.")
    var target: String

    @Option(help: "What the copy holds: what the stream holds, or pictures (raw).")
    var payload: IngestJob.Payload?

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var selection: SelectionOptions
    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let source: String
        let target: String
        let frames: UInt64
        let existingFrames: UInt64
        let gaps: UInt64
        let bytes: UInt64
    }

    func run() async throws {
        var job = CopyJob(from: source, to: target)
        job.policy = try storage.policy()
        job.payload = payload
        job.selection = try selection.selection()
        job.decoding = decoding.options
        let run = JobRun(output)
        let outcome = try await run.run { [job] in try await job.run(in: $0) }
        if outcome.isStopped, !outcome.isResumable {
            throw CommandError(
                .temporary,
                "stopped before the end; \(target) holds what came before, and a part does not go on"
            )
        }
        try finish(outcome, run)
    }

    private func finish(_ outcome: CopyJob.Outcome, _ run: JobRun) throws {
        if output.json {
            let line = Outcome(
                source: source,
                target: target,
                frames: outcome.frameCount,
                existingFrames: outcome.existingFrameCount,
                gaps: outcome.gapCount,
                bytes: outcome.byteCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(line))
        }
        let before =
            outcome.existingFrameCount > 0 ? " (\(outcome.existingFrameCount) were there)" : ""
        run.console.note(
            "\(source): \(CountText.text(outcome.frameCount, "frame")), "
                + "\(ByteText.text(outcome.byteCount)) into \(target)\(before)"
        )
        if outcome.isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        let counts = LossCounts(
            gapCount: outcome.gapCount,
            corruptFrameCount: outcome.corruptFrameCount
        )
        try run.end(source, counts, metFaults: outcome.metFaults)
    }
}
