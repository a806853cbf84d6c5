import ArgumentParser
import MediaStages
import Stages

/// `sprocket sample`
struct SampleClipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Make a moving test clip whose frames carry their number in the picture.",
        discussion: """
            The ending of FILE chooses the container. The number stands in the picture as digits, and as a row \
            of 24 black and white blocks at the bottom, the highest bit first.

            EXAMPLES
              sprocket sample clip.mp4
              sprocket sample clip.mkv --size 1920x1080 --frames 600 --rate 30
            """
    )

    @Argument(help: "The file to write.")
    var file: String

    @Option(help: ArgumentHelp("The size of the pictures, both even.", valueName: "WxH"))
    var size = "640x360"

    @Option(help: ArgumentHelp("How many frames.", valueName: "N"))
    var frames = 100

    @Option(help: ArgumentHelp("Frames in a second.", valueName: "FPS"))
    var rate = "25"

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let (width, height) = SelectionText.size(size), width.isMultiple(of: 2),
            height.isMultiple(of: 2), width >= TestClip.widthMinimum,
            height >= TestClip.heightMinimum
        else {
            throw ValidationError(
                """
                '\(size)' is not a size for a clip; write WxH, both even, \
                from \(TestClip.widthMinimum)x\(TestClip.heightMinimum)
                """
            )
        }
        guard let frameRate = SelectionText.rate(rate) else {
            throw ValidationError(
                "'\(rate)' is not a rate; write frames a second as 25 or 30000/1001"
            )
        }
        guard frames >= 1 else { throw ValidationError("--frames takes a number from 1") }
        guard force || !Files.exists(file) else {
            throw CommandError(.cannotCreate, "\(file) exists; replace it with --force")
        }
        let console = Console(output)
        let clip = TestClip(
            width: Int(width),
            height: Int(height),
            frameCount: frames,
            rate: frameRate
        )
        try clip.write(to: file)
        console.note("\(file): \(frames) frames of \(size) at \(rate) a second")
    }
}
