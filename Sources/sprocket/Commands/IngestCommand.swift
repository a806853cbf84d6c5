import ArgumentParser
import FrameFormat
import FrameStreams
import Jobs
import Stages

/// `sprocket ingest`
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Store the frames of media in a stream.",
        discussion: """
            Several inputs go into one stream, one behind the other. An ingest that was interrupted goes on where \
            it stopped when the same command runs again. An input that is in the stream already is left out: files \
            to which nobody has written since, and files of the same bytes under whatever name. A playlist and \
            numbered images are the same if all their files are.

            EXAMPLES
              sprocket ingest clip.mp4 --to stream
              sprocket ingest clip.mp4 --to stream --payload packets
              sprocket ingest clip.mp4 --to stream --size 640x360 --rate 5
              sprocket ingest 'frame_%04d.png' --to stream
              ffmpeg -i clip.avi -f matroska - | sprocket ingest - --to stream
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Files, URLs, numbered images (frame_%04d.png), or - for standard input.",
            valueName: "input"
        )
    )
    var inputs: [String]

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The stream to write.", valueName: "stream")
    )
    var target: String

    @Option(help: "Store pictures (raw), or packets as they are coded (packets).")
    var payload: IngestJob.Payload = .raw

    @Option(help: ArgumentHelp("Scale pictures to this size.", valueName: "WxH"))
    var size: String?

    @Option(
        help: ArgumentHelp("Convert pictures, by FFmpeg's name: yuv420p, rgb24.", valueName: "name")
    )
    var pixelFormat: String?

    @Option(help: ArgumentHelp("One frame in N, the first kept.", valueName: "N"))
    var every: UInt64?

    @Option(help: ArgumentHelp("At most so many frames a second.", valueName: "FPS"))
    var rate: String?

    @Flag(help: "Only keyframes.")
    var keyframes = false

    @Option(help: ArgumentHelp("The first presentation time that is wanted.", valueName: "T"))
    var start: String?

    @Option(
        help: ArgumentHelp("The first presentation time that is no longer wanted.", valueName: "T")
    )
    var end: String?

    @Option(
        help: ArgumentHelp("Another video stream than the first, counted from 0.", valueName: "N")
    )
    var videoStream: Int?

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @Flag(
        inversion: .prefixedNo,
        help: """
            Decode packets beside storing them, and note which pictures they give: with that census, \
            pictures are found by number without decoding from the head.
            """
    )
    var census = true

    @Flag(help: "Read whole what seems to be in the stream already; only its content decides.")
    var checkContent = false

    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let input: String
        let stream: String
        let status: String
        let knownBy: String?
        let frames: UInt64
        let corruptFrames: UInt64
        let gaps: UInt64
        let bytes: UInt64

        init(_ outcome: IngestOutcome) {
            input = outcome.input
            stream = outcome.stream
            status = outcome.status.rawValue
            knownBy = outcome.knownBy
            frames = outcome.frameCount
            corruptFrames = outcome.corruptFrameCount
            gaps = outcome.gapCount
            bytes = outcome.byteCount
        }
    }

    func run() async throws {
        let job = try job()
        let run = JobRun(output)
        let isJSON = output.json
        let hasLosses = try await run.run { context in
            try await job.run(in: context) { outcome in
                guard isJSON else { return }
                try ByteOutput.standardOutput.write(try JSONLine.text(Outcome(outcome)))
            }
        }
        if run.isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        if hasLosses { throw ExitCode(ExitStatus.damaged.rawValue) }
    }

    /// What the flags ask for, once they are known to make sense together.
    private func job() throws -> IngestJob {
        var job = IngestJob(inputs: inputs, to: target)
        job.selection.thinning = try ThinningText.thinning(every: every, rate: rate)
        job.selection.keyframesOnly = keyframes
        job.selection.start = try time(start, flag: "--start")
        job.selection.end = try time(end, flag: "--end")
        try checkPackets(job.selection)
        job.conversion = try ConversionText.conversion(size: size, pixelFormat: pixelFormat)
        job.policy = try storage.policy()
        job.payload = payload
        job.videoStream = videoStream
        job.decoding = decoding.options
        job.takesCensus = census
        job.checksContent = checkContent
        return job
    }

    private func checkPackets(_ selection: FrameSelection) throws {
        guard payload == .packets else { return }
        if let flag = size != nil ? "--size" : pixelFormat != nil ? "--pixel-format" : nil {
            throw ValidationError(
                "\(flag) changes pictures, and --payload packets stores none; leave one out"
            )
        }
        if let flag = every != nil ? "--every" : rate != nil ? "--rate" : nil {
            throw ValidationError(
                """
                \(flag) would leave packets out that others need; use --payload raw, or --keyframes with packets
                """
            )
        }
        if selection.start != nil || selection.end != nil {
            throw ValidationError(
                """
                --start and --end would cut groups of pictures; use --payload raw, or select when reading
                """
            )
        }
    }

    private func time(_ text: String?, flag: String) throws -> TimePoint? {
        guard let text else { return nil }
        guard case .media(let time) = SelectionText.timePoint(text) else {
            throw ValidationError(
                "'\(text)' is not a time for \(flag); write seconds or HH:MM:SS.sss"
            )
        }
        return .media(time)
    }
}
