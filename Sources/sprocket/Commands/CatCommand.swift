import ArgumentParser
import Buffers
import Pipelines
import Stages

/// `sprocket cat`
struct CatCommand: AsyncParsableCommand {
    /// What is written.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        /// Visible planes, tight, one frame behind the other, as `ffmpeg -f rawvideo` writes them.
        case raw
        /// YUV4MPEG2.
        case y4m
        /// Headers and gaps as JSON, one a line.
        case ndjson
    }

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
    var form: Form = .ndjson

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
        let console = Console(output)
        let pool = BufferPool()
        let reading = try Reading(
            Stores.stream(stream, pool: pool),
            options: selection,
            conversion: conversion,
            decodes: form != .ndjson,
            needsNumbers: false,
            decoding: decoding.options,
            pool: pool,
            console: console
        )
        let tally = Tally()
        try await reading.run(
            into: sink(console) { tally.update($0) },
            interruption: Interruption(console: console)
        )
        var counts = tally.counts
        if form == .ndjson, counts.packets != nil { counts.count(try await reading.censuses()) }
        if counts.frameCount == 0, selection.at != nil {
            throw CommandError(.badInput, "no frame of \(stream) is shown at \(selection.at ?? "")")
        }
        try LossNotice.end(
            stream,
            gapCount: counts.gapCount,
            corruptFrameCount: counts.corruptFrameCount,
            dependentFrameCount: counts.dependentFrameCount,
            metFaults: reading.metFaults,
            console
        )
    }

    private func sink(
        _ console: Console,
        _ report: @escaping @Sendable (OutputCounts) -> Void
    ) -> any Sink {
        switch form {
        case .raw: RawOutput(to: .standardOutput, report: report)
        case .y4m: Y4MOutput(to: .standardOutput, notice: { console.note($0) }, report: report)
        case .ndjson: JSONOutput(to: .standardOutput, report: report)
        }
    }
}
