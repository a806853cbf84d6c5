import ArgumentParser
import Buffers
import ByteStreams
import FoundationEssentials
import ImageStages
import Pipelines
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

    func run() async throws {
        var settings = try image.settings()
        let sheets = try sheets(settings)
        // The tiles have the size; the sheets follow from them.
        if sheets != nil { settings.size = nil }
        let ending = settings.type.fileExtension
        let template = try ImageNameTemplate(name ?? "{sequence:06}.\(ending)")
        let console = Console(output)
        let pool = BufferPool()
        let reading = try Reading(
            Stores.stream(stream, pool: pool),
            options: selection,
            conversion: Conversion(),
            decodes: settings.type != .copy,
            decoding: decoding.options,
            pool: pool,
            console: console
        )
        let transforms: [any Transform] =
            sheets.map { sheets in
                let (columns, rows) = sheets.grid
                return [
                    ContactSheet(columns: columns, rows: rows, settings: sheets.tile, pool: pool)
                ]
            } ?? []
        if dryRun {
            try await forecast(reading, through: transforms, options(template, settings), console)
            return
        }
        let progress = Progress(console)
        progress.begin(stream)
        let latest = Latest<ImageCounts?>(nil)
        let interruption = Interruption(console: console)
        let sink = ImagesSink(
            to: FilePath(folder),
            stream: reading.stream.location.description,
            options: options(template, settings),
            remark: { console.note("\(stream): \($0)") }
        ) { counts in
            latest.value = counts
            progress.update(
                frameCount: counts.output.frameCount,
                byteCount: counts.output.byteCount,
                fraction: nil
            )
        }
        try await progress.shown {
            try await reading.run(through: transforms, into: sink, interruption: interruption)
        }
        guard var counts = latest.value else { return }
        if settings.type == .copy { counts.count(try await reading.censuses()) }
        try finish(counts, reading, isStopped: interruption.signal.isRaised, console)
    }

    /// Columns and rows of sheets, and what their tiles are like; `nil` without sheets.
    private func sheets(
        _ settings: ImageSettings
    ) throws -> (grid: (Int, Int), tile: ImageSettings)? {
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
        return ((Int(columns), Int(rows)), settings)
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

    /// Says what would be written.
    private func forecast(
        _ reading: Reading,
        through transforms: [any Transform],
        _ options: ImagesSink.Options,
        _ console: Console
    ) async throws {
        let latest = Latest(ImagesForecast.Forecast())
        let sink = ImagesForecast(stream: reading.stream.location.description, options: options) {
            latest.value = $0
        }
        try await reading.run(
            through: transforms,
            into: sink,
            interruption: Interruption(console: console)
        )
        let forecast = latest.value
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

    private func options(
        _ template: ImageNameTemplate,
        _ settings: ImageSettings
    ) -> ImagesSink.Options {
        var options = ImagesSink.Options(template: template)
        options.settings = settings
        options.isForced = force
        options.workerCount = ProcessInfo.processInfo.activeProcessorCount
        options.selection = selectionLine
        return options
    }

    /// All that decides which frames are exported, as one line.
    private var selectionLine: String {
        let parts: [(String, String?)] = [
            ("frames", selection.frames), ("time", selection.time), ("at", selection.at),
            ("every", selection.every.map { "\($0)" }), ("rate", selection.rate),
            ("keyframes", selection.keyframes ? "yes" : nil),
            ("first", selection.first.map { "\($0)" }), ("last", selection.last.map { "\($0)" }),
        ]
        return parts.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(
            separator: " "
        )
    }

    private func finish(
        _ counts: ImageCounts,
        _ reading: Reading,
        isStopped: Bool,
        _ console: Console
    ) throws {
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
        console.note(
            "\(stream): \(CountText.text(written.frameCount, "image")), "
                + "\(ByteText.text(written.byteCount)) in \(folder)\(before)"
        )
        if isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        if written.frameCount == 0, counts.existingCount == 0, selection.at != nil {
            throw CommandError(.badInput, "no frame of \(stream) is shown at \(selection.at ?? "")")
        }
        try LossNotice.end(
            stream,
            gapCount: written.gapCount,
            corruptFrameCount: written.corruptFrameCount,
            dependentFrameCount: written.dependentFrameCount,
            metFaults: reading.metFaults,
            console
        )
    }
}
