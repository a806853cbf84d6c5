import ArgumentParser
import FrameFormat
import FrameStreams
import Jobs
import MediaStages
import Stages
import SystemPackage

/// `sprocket export video`
struct ExportVideoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "video",
        abstract: "Write the frames as a video file, encoded anew or as they are.",
        discussion: """
            The ending of FILE chooses the container: mp4, mov, mkv, webm, ts, avi, or m3u8 for HLS. Times are \
            those of the frames. --codec copy writes stored packets as they are.

            EXAMPLES
              sprocket export video stream --to out.mp4
              sprocket export video stream --to out.mkv --codec ffv1
              sprocket export video stream --to out.mp4 --codec copy
              sprocket export video stream --to out.mp4 --codec copy --clip 10..20
              sprocket export video stream --to out.webm --quality 60 --time 10..20
            """
    )

    @Argument(help: "The stream to read.")
    var stream: String

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The file to write.", valueName: "FILE")
    )
    var file: String

    @Option(
        help: ArgumentHelp(
            "h264, hevc, vp9, av1, ffv1, another encoder of FFmpeg, or copy.",
            valueName: "NAME"
        )
    )
    var codec: String?

    @Option(
        help: ArgumentHelp(
            "1 to 100: 75 is usual, 90 is hard to tell from the original. (default: 75)",
            valueName: "N"
        )
    )
    var quality: Int?

    @Option(help: ArgumentHelp("Bits in a second, as 4000000, 4000k or 4M.", valueName: "B"))
    var bitrate: String?

    @Option(help: ArgumentHelp("The encoder's preset, such as ultrafast.", valueName: "P"))
    var preset: String?

    @Option(
        help: ArgumentHelp("Another option of the encoder; may be given again.", valueName: "K=V")
    )
    var option: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --codec copy: what is shown from A on and before B, exact to the frame.",
            valueName: "A..B"
        )
    )
    var clip: String?

    @Flag(help: "Repeat the last column or row where a side is odd and the encoder wants it even.")
    var pad = false

    @Option(help: ArgumentHelp("Scale pictures to this size.", valueName: "WxH"))
    var size: String?

    @Option(
        help: ArgumentHelp("Convert pictures, by FFmpeg's name: yuv420p, gray.", valueName: "name")
    )
    var pixelFormat: String?

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let stream: String
        let file: String
        let frames: UInt64
        let gaps: UInt64
        let corruptFrames: UInt64
        let bytes: UInt64
    }

    func run() async throws {
        let job = try job()
        let run = JobRun(output)
        let outcome = try await run.run { try await job.run(in: $0) }
        try finish(outcome, run)
    }

    /// What the flags ask for, once they are known to make sense together.
    private func job() throws -> ExportVideoJob {
        guard let container = VideoContainer(path: file) else {
            let endings = VideoContainer.all.map(\.fileExtension).joined(separator: ", ")
            throw ValidationError("'\(file)' ends in no kind of video; \(endings) are known")
        }
        let copies = codec == "copy"
        if copies { try checkCopy() }
        guard copies || clip == nil else {
            throw ValidationError("--clip is for --codec copy; --time cuts what is encoded anew")
        }
        var job = ExportVideoJob(
            stream: stream,
            to: FilePath(file),
            container: container,
            coding: try copies ? copying() : .encode(encoding(to: container), pads: pad)
        )
        job.replaces = force
        job.selection = try selection.selection()
        job.conversion = try ConversionText.conversion(size: size, pixelFormat: pixelFormat)
        job.decoding = decoding.options
        return job
    }

    /// The cut that `--clip` asks for, if it does.
    private func copying() throws -> ExportVideoJob.Coding {
        guard let clip else { return .copy }
        guard let range = SelectionText.timeRange(clip) else {
            throw ValidationError("'\(clip)' is no range of times; write A..B as in 1.5..2")
        }
        func time(_ point: TimePoint?) throws -> MediaTime? {
            switch point {
            case nil: nil
            case .media(let time)?: time
            case .wall?: throw ValidationError("--clip takes presentation times")
            }
        }
        return .clip(from: try time(range.start), to: try time(range.end))
    }

    /// What changes pictures makes no sense where they are not decoded.
    private func checkCopy() throws {
        let flags: [(String, Bool)] = [
            ("--quality", quality != nil), ("--bitrate", bitrate != nil),
            ("--preset", preset != nil), ("--option", !option.isEmpty), ("--pad", pad),
            ("--size", size != nil), ("--pixel-format", pixelFormat != nil),
        ]
        if let flag = flags.first(where: \.1)?.0 {
            throw ValidationError(
                "\(flag) changes pictures, and --codec copy leaves them; leave one out"
            )
        }
        var wanted = try selection.selection()
        wanted.frames.sequences = nil
        guard wanted.isEverything else {
            throw ValidationError(
                """
                a part of the packets would break groups of pictures; select whole groups with --frames, \
                or encode with --codec h264
                """
            )
        }
    }

    private func encoding(to container: VideoContainer) throws -> Encode.Options {
        let found = try VideoCodec(codec ?? container.defaultEncoder)
        var options = Encode.Options(codec: found, container: container)
        if let quality {
            guard bitrate == nil else {
                throw ValidationError("--quality and --bitrate are two answers to one question")
            }
            guard !found.isLossless else {
                throw ValidationError(
                    "--quality is for codecs that lose something; \(found.encoderName) does not"
                )
            }
            guard (1...100).contains(quality) else {
                throw ValidationError("--quality \(quality) is not between 1 and 100")
            }
            options.quality = quality
        }
        if let bitrate { options.bitRate = try Self.bitRate(bitrate) }
        options.preset = preset
        options.further = try option.map { text in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw ValidationError("'\(text)' is no option; write NAME=VALUE")
            }
            return (String(text[..<sign]), String(text[text.index(after: sign)...]))
        }
        return options
    }

    private static func bitRate(_ text: String) throws -> Int {
        let units: [Character: Int] = ["k": 1000, "K": 1000, "M": 1_000_000]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard let number = Int(digits), number > 0,
            case let (product, overflow) = number.multipliedReportingOverflow(by: unit ?? 1),
            !overflow
        else { throw ValidationError("'\(text)' is no bit rate; write 4000000, 4000k or 4M") }
        return product
    }

    private func finish(_ outcome: ExportVideoJob.Outcome, _ run: JobRun) throws {
        let counts = outcome.counts
        let written = counts.output
        if output.json {
            let outcome = Outcome(
                stream: stream,
                file: file,
                frames: written.frameCount,
                gaps: written.gapCount,
                corruptFrames: written.corruptFrameCount,
                bytes: counts.fileByteCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        }
        run.console.note(
            "\(stream): \(CountText.text(written.frameCount, "frame")), "
                + "\(ByteText.text(counts.fileByteCount)) in \(file)"
        )
        if counts.wasStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; \(file) holds what came before, run again with --force for the whole"
            )
        }
        let losses = counts.losses(in: file)
        for loss in losses { run.console.warn(loss) }
        try run.end(
            stream,
            LossCounts(written),
            metFaults: outcome.metFaults || !losses.isEmpty
        )
    }
}
