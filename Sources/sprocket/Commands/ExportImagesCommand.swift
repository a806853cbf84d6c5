import ArgumentParser
import FoundationEssentials
import ImageStages
import Jobs
import Stages
import SystemPackage

/// `sprocket export images`
struct ExportImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Write every frame as an image.",
        discussion: """
            manifest.ndjson in the folder lists every image that is complete; an export that was interrupted goes \
            on behind it when the same command runs again.

            EXAMPLES
              sprocket export images stream --to out
              sprocket export images stream --to out --type jpeg --rate 1
              sprocket export images photos --to out --type copy
              sprocket export images stream --to out --at 00:01:30 --name '{stream}-{pts}.png'
              sprocket export images stream --to out --every 100 --contact-sheet 5x4
            """
    )

    @Argument(help: "The stream to read.")
    var stream: String

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The folder to write into.", valueName: "DIR")
    )
    var folder: String

    @Option(
        help: ArgumentHelp(
            "File names: {sequence}, {sequence:06}, {pts}, {wall}, {stream} and {ending} stand for the frame's.",
            valueName: "template"
        )
    )
    var name: String?

    @Flag(help: "Replace files that exist.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Put frames side by side into sheets of so many tiles, --size each or 320 wide.",
            valueName: "COLUMNSxROWS"
        )
    )
    var contactSheet: String?

    @Flag(help: "Say what would be written and how large, and write nothing.")
    var dryRun = false

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var image: ImageOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let stream: String
        let folder: String
        let images: UInt64
        let existingImages: Int
        let gaps: UInt64
        let corruptFrames: UInt64
        let bytes: UInt64
    }

    private struct ForecastOutcome: Encodable {
        let stream: String
        let folder: String
        let images: UInt64
        let bytes: UInt64
        let firstName: String?
        let lastName: String?
        let width: Int
        let height: Int
    }

    func run() async throws {
        let job = try job()
        let run = JobRun(output)
        if dryRun { return try say(try await job.forecast(in: run.context)) }
        guard let outcome = try await run.run({ try await job.run(in: $0) }) else { return }
        try finish(outcome, run)
    }

    /// What the flags ask for.
    private func job() throws -> ExportImagesJob {
        let settings = try image.settings()
        let sheets = try sheets(settings)
        let ending = settings.type.fileExtension
        var options = ImagesSink.Options(
            template: try ImageNameTemplate(name ?? "{sequence:06}.\(ending)")
        )
        options.settings = settings
        options.isForced = force
        options.workerCount = ProcessInfo.processInfo.activeProcessorCount
        var job = ExportImagesJob(stream: stream, to: FilePath(folder), options: options)
        job.selection = try selection.selection()
        job.sheets = sheets
        job.decoding = decoding.options
        return job
    }

    /// The grid of sheets; `nil` without sheets.
    private func sheets(_ settings: ImageSettings) throws -> ExportImagesJob.Sheets? {
        guard let contactSheet else { return nil }
        guard settings.type != .copy else {
            throw ValidationError("--contact-sheet draws pictures, and --type copy decodes none")
        }
        guard let (columns, rows) = SelectionText.size(contactSheet),
            columns <= ContactSheet.sideMaximum, rows <= ContactSheet.sideMaximum
        else {
            throw ValidationError(
                "'\(contactSheet)' is no grid; write COLUMNSxROWS, up to \(ContactSheet.sideMaximum) each"
            )
        }
        return ExportImagesJob.Sheets(columns: Int(columns), rows: Int(rows))
    }

    /// Says what would be written.
    private func say(_ forecast: ImagesForecast.Forecast) throws {
        if output.json {
            let outcome = ForecastOutcome(
                stream: stream,
                folder: folder,
                images: forecast.imageCount,
                bytes: forecast.byteCount,
                firstName: forecast.firstName,
                lastName: forecast.lastName,
                width: forecast.width,
                height: forecast.height
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        } else {
            let names = forecast.firstName.map { " from \($0) to \(forecast.lastName ?? $0)" } ?? ""
            try ByteOutput.standardOutput.write(
                "\(CountText.text(forecast.imageCount, "image")) of \(forecast.width)x\(forecast.height), "
                    + "about \(ByteText.text(forecast.byteCount)), would be written to \(folder)\(names)\n"
            )
        }
    }

    private func finish(_ outcome: ExportImagesJob.Outcome, _ run: JobRun) throws {
        let counts = outcome.counts
        let written = counts.output
        if output.json {
            let outcome = Outcome(
                stream: stream,
                folder: folder,
                images: written.frameCount,
                existingImages: counts.existingCount,
                gaps: written.gapCount,
                corruptFrames: written.corruptFrameCount,
                bytes: written.byteCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        }
        let before = counts.existingCount > 0 ? " (\(counts.existingCount) were there)" : ""
        run.console.note(
            "\(stream): \(CountText.text(written.frameCount, "image")), "
                + "\(ByteText.text(written.byteCount)) in \(folder)\(before)"
        )
        if run.isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        if written.frameCount == 0, counts.existingCount == 0, selection.at != nil {
            throw CommandError(.badInput, "no frame of \(stream) is shown at \(selection.at ?? "")")
        }
        try run.end(stream, LossCounts(written), metFaults: outcome.metFaults)
    }
}
