import ArgumentParser
import Jobs
import Stages

/// `sprocket cat`
struct CatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Write the frames of a stream to standard output.",
        discussion: """
            Packets are decoded for raw and y4m; frames are then numbered as their pictures come out.

            EXAMPLES
              sprocket cat stream --as y4m | ffplay -
              sprocket cat stream --as raw --frames 1..100 | md5sum
              sprocket cat stream --as ndjson | jq .presentationTime.seconds
            """
    )

    @Argument(help: "The stream to read.")
    var stream: String

    @Option(name: .customLong("as"), help: "What to write: raw, y4m or ndjson.")
    var form: CatJob.Form = .ndjson

    @Option(help: ArgumentHelp("Scale pictures to this size.", valueName: "WxH"))
    var size: String?

    @Option(
        help: ArgumentHelp("Convert pictures, by FFmpeg's name: yuv420p, rgb24.", valueName: "name")
    )
    var pixelFormat: String?

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let conversion = try ConversionText.conversion(size: size, pixelFormat: pixelFormat)
        if form == .ndjson, !conversion.isNothing {
            throw ValidationError(
                "--size and --pixel-format change pictures, and --as ndjson writes none; leave them out"
            )
        }
        var job = CatJob(stream: stream, form: form)
        job.selection = try selection.selection()
        job.conversion = conversion
        job.decoding = decoding.options
        let run = JobRun(output)
        let outcome = try await job.run(to: .standardOutput, in: run.context)
        if outcome.counts.frameCount == 0, selection.at != nil {
            throw CommandError(.badInput, "no frame of \(stream) is shown at \(selection.at ?? "")")
        }
        try run.end(stream, LossCounts(outcome.counts), metFaults: outcome.metFaults)
    }
}
