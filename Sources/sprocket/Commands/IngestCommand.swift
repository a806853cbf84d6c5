import ArgumentParser
import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Stages

/// `sprocket ingest`
struct IngestCommand: AsyncParsableCommand {
    /// What is stored of each frame.
    enum Payload: String, ExpressibleByArgument, CaseIterable {
        /// Decoded pictures.
        case raw
        /// Packets as they came.
        case packets
    }

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
    var payload: Payload = .raw

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

    func run() async throws {
        let plan = try plan()
        let console = Console(output)
        let ingest = Ingest(
            plan: plan,
            console: console,
            interruption: Interruption(console: console)
        )
        try await ingest.run()
    }

    /// What the flags ask for, once they are known to make sense together.
    private func plan() throws -> IngestPlan {
        var selection = FrameSelection()
        selection.thinning = try ThinningText.thinning(every: every, rate: rate)
        selection.keyframesOnly = keyframes
        selection.start = try time(start, flag: "--start")
        selection.end = try time(end, flag: "--end")
        try checkPackets(selection)
        let conversion = try ConversionText.conversion(size: size, pixelFormat: pixelFormat)
        return IngestPlan(
            inputs: inputs,
            target: target,
            storage: try storage.policy(),
            storesPackets: payload == .packets,
            selection: selection,
            conversion: conversion,
            videoStream: videoStream,
            decoding: decoding.options,
            takesCensus: census,
            checksContent: checkContent,
            isJSON: output.json
        )
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

/// Reads `--size` and `--pixel-format`.
enum ConversionText {
    static func conversion(size: String?, pixelFormat: String?) throws -> Conversion {
        var conversion = Conversion()
        if let size {
            guard let (width, height) = SelectionText.size(size) else {
                throw ValidationError("'\(size)' is not a size; write WxH as in 640x360")
            }
            conversion.width = Int(width)
            conversion.height = Int(height)
        }
        if let pixelFormat {
            guard let format = PixelFormat(name: pixelFormat), format.layout != nil else {
                throw ValidationError(
                    "'\(pixelFormat)' is no pixel format that can be stored; yuv420p and rgb24 are"
                )
            }
            conversion.pixelFormat = format
        }
        return conversion
    }
}

/// What raw frames are converted to; `nil` keeps what is.
struct Conversion: Hashable {
    var width: Int?
    var height: Int?
    var pixelFormat: PixelFormat?

    var isNothing: Bool { self == Conversion() }
}

/// What an ingest is to do.
struct IngestPlan {
    let inputs: [String]
    let target: String
    let storage: StoragePolicy
    let storesPackets: Bool
    let selection: FrameSelection
    let conversion: Conversion
    let videoStream: Int?
    let decoding: Decode.Options
    /// Whether packets are decoded beside storing them.
    let takesCensus: Bool
    let checksContent: Bool
    let isJSON: Bool

    /// All that decides which frames come out, as one line.
    var selectionLine: String {
        var parts = ["payload=\(storesPackets ? "packets" : "raw")"]
        if let videoStream { parts.append("stream=\(videoStream)") }
        if let width = conversion.width, let height = conversion.height {
            parts.append("size=\(width)x\(height)")
        }
        if let format = conversion.pixelFormat { parts.append("format=\(format.name)") }
        switch selection.thinning {
        case .every(let step)?: parts.append("every=\(step)")
        case .rate(let rate)?: parts.append("rate=\(rate.numerator)/\(rate.denominator)")
        case nil: break
        }
        if selection.keyframesOnly { parts.append("keyframes") }
        if case .media(let time)? = selection.start { parts.append("start=\(time.value)ns") }
        if case .media(let time)? = selection.end { parts.append("end=\(time.value)ns") }
        return parts.joined(separator: " ")
    }
}
