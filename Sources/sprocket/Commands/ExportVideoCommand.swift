import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Pipelines
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
        guard let container = VideoContainer(path: file) else {
            let endings = VideoContainer.all.map(\.fileExtension).joined(separator: ", ")
            throw ValidationError("'\(file)' ends in no kind of video; \(endings) are known")
        }
        let copies = codec == "copy"
        if copies { try checkCopy() }
        guard copies || clip == nil else {
            throw ValidationError("--clip is for --codec copy; --time cuts what is encoded anew")
        }
        let console = Console(output)
        let pool = BufferPool()
        let remark: @Sendable (String) -> Void = { [stream] in console.note("\(stream): \($0)") }
        let transforms =
            try copies ? clipping(pool, remark) : encoding(to: container, pool, remark)
        let opened = try Stores.stream(stream, pool: pool)
        if copies { try await checkGroups(of: opened, pool) }
        let reading = try Reading(
            opened,
            options: selection,
            conversion: ConversionText.conversion(size: size, pixelFormat: pixelFormat),
            decodes: !copies,
            needsNumbers: false,
            decoding: decoding.options,
            pool: pool,
            console: console
        )
        let progress = Progress(console)
        progress.begin(stream)
        let latest = Latest(VideoSink.Counts())
        let sink = VideoSink(
            to: FilePath(file),
            container: container,
            isForced: force,
            remark: { [file] in console.warn("\(file): \($0)") }
        ) { counts in
            latest.value = counts
            progress.update(
                frameCount: counts.output.frameCount,
                byteCount: counts.output.byteCount,
                fraction: nil
            )
        }
        let interruption = Interruption(console: console)
        try await progress.shown {
            try await reading.run(through: transforms, into: sink, interruption: interruption)
        }
        var counts = latest.value
        if copies { counts.count(try await reading.censuses()) }
        try finish(counts, reading, console)
    }

    /// The cut that `--clip` asks for.
    private func clipping(
        _ pool: BufferPool,
        _ remark: @escaping @Sendable (String) -> Void
    ) throws -> [any Transform] {
        guard let clip else { return [] }
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
        return [
            Clip(
                from: try time(range.start),
                to: try time(range.end),
                pool: pool,
                remark: remark
            )
        ]
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
        wanted.sequences = nil
        guard wanted.isEverything, selection.last == nil else {
            throw ValidationError(
                """
                a part of the packets would break groups of pictures; select whole groups with --frames, \
                or encode with --codec h264
                """
            )
        }
    }

    /// Of packets that are copied, the numbers are those of packets.
    private func checkGroups(of stream: OpenStream, _ pool: BufferPool) async throws {
        guard let numbers = try selection.selection().sequences else { return }
        let reader = try await stream.store.openReader(for: stream.name)
        var planner = ReadingPlanner(reader, for: .init(decodes: false), pool: pool)
        try await planner.requireWholeGroups(numbers)
        await reader.close()
    }

    private func encoding(
        to container: VideoContainer,
        _ pool: BufferPool,
        _ remark: @escaping @Sendable (String) -> Void
    ) throws -> [any Transform] {
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
        let encode = Encode(options, pool: pool, remark: remark)
        return pad ? [Pad(pool: pool), encode] : [encode]
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

    private func finish(
        _ counts: VideoSink.Counts,
        _ reading: Reading,
        _ console: Console
    ) throws {
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
        console.note(
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
        for loss in losses { console.warn(loss) }
        try LossNotice.end(
            stream,
            gapCount: written.gapCount,
            corruptFrameCount: written.corruptFrameCount,
            dependentFrameCount: written.dependentFrameCount,
            metFaults: reading.metFaults || !losses.isEmpty,
            console
        )
    }
}
