import ArgumentParser
import MediaStages
import Stages

/// `sprocket probe`
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Say what an input holds, as an ingest would see it.",
        discussion: """
            EXAMPLES
              sprocket probe clip.mp4
              sprocket probe clip.mp4 --json
            """
    )

    @Argument(help: "A file, a URL, numbered images, or - for standard input.")
    var input: String

    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        let input: String
        let format: String
        let seconds: Double?
        let streams: [MediaDescription.Stream]
    }

    func run() async throws {
        let console = Console(output)
        let description = try MediaDescription.probe(try MediaInput(input)) { console.note($0) }
        let report = Report(
            input: description.name,
            format: description.formatName,
            seconds: description.seconds,
            streams: description.streams
        )
        guard !output.json else {
            return try ByteOutput.standardOutput.write(try JSONLine.text(report))
        }
        var text = "\(report.input): \(report.format)"
        if let seconds = report.seconds { text += ", \(seconds) s" }
        text += "\n"
        if let variant = description.variant { text += "  \(variant)\n" }
        for stream in report.streams { text += "  \(stream.line)\n" }
        try ByteOutput.standardOutput.write(text)
    }
}
