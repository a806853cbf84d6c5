import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Pipelines
import Stages

/// `sprocket copy`
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a stream, or a part of it, into another.",
        discussion: """
            A whole copy keeps frames, packets, numbers, times, gaps, sources and marks; a stream that is sealed \
            seals its copy. It goes on where it was interrupted when the same command runs again. A part, or \
            pictures out of packets, makes one new source of a new stream, and frames keep their times and their \
            ordinals.

            EXAMPLES
              sprocket copy stream backup
              sprocket copy camera backup --follow
              sprocket copy stream part --time 10..20
              sprocket copy packets pictures --payload raw
            """
    )

    @Argument(help: "The stream to read.")
    var source: String

    @Argument(help: "The stream to write.")
    var target: String

    @Option(help: "What the copy holds: what the stream holds, or pictures (raw).")
    var payload: IngestCommand.Payload?

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var selection: SelectionOptions
    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let source: String
        let target: String
        let frames: UInt64
        let existingFrames: UInt64
        let gaps: UInt64
        let bytes: UInt64
    }

    /// What a copy of either kind has done.
    private struct Result {
        var existingFrameCount: UInt64 = 0
        var frameCount: UInt64
        var corruptFrameCount: UInt64
        var gapCount: UInt64
        var byteCount: UInt64
    }

    func run() async throws {
        let console = Console(output)
        let pool = BufferPool()
        let from = try Stores.stream(source, pool: pool)
        let to = try Stores.stream(
            target,
            policy: try storage.policy(),
            pool: pool,
            console: console
        )
        guard from.location != to.location else {
            throw ValidationError("\(source) cannot be copied into itself; name another stream")
        }
        let reader = try await from.store.openReader(for: from.name)
        let isCoded =
            try await FrameStreamSummary.read(reader, pool: pool).firstFrame?.codec != .raw
        let isPart = try !selection.selection().isEverything || selection.last != nil
        let decodes = payload == .raw && isCoded
        if payload == .packets, !isCoded {
            throw ValidationError("\(source) holds pictures; packets are made by export video")
        }
        if isPart, isCoded, !decodes {
            throw ValidationError(
                """
                a part of the packets would break groups of pictures; add --payload raw, or leave the \
                selection out
                """
            )
        }
        if isPart || decodes {
            await reader.close()
            try await copyPart(from, to, pool, console)
        } else {
            try await copyWhole(from, reader, to, pool, console)
        }
    }

    private func openWriter(
        _ stream: OpenStream,
        _ pool: BufferPool
    ) async throws -> FrameStreamWriter {
        var options = FrameStreamWriter.Options()
        options.pool = pool
        return try await FrameStreamWriter.open(stream.name, in: stream.store, options: options)
    }

    private func copyWhole(
        _ from: OpenStream,
        _ reader: any ByteStreamReader,
        _ to: OpenStream,
        _ pool: BufferPool,
        _ console: Console
    ) async throws {
        let interruption = Interruption(console: console)
        let registration = interruption.signal.onStop { reader.stop() }
        defer { withExtendedLifetime(registration) {} }
        let writer = try await openWriter(to, pool)
        let faultCount = Latest(0)
        let progress = Progress(console)
        progress.begin(source)
        let copied: FrameStreamCopy.Progress
        do {
            let existing = try await to.store.openReader(for: to.name)
            var held = FrameStreamReader(existing, pool: pool, payloads: .skip)
            var copy = FrameStreamCopy(
                FrameStreamReader(reader, pool: pool, follow: selection.follow),
                to: writer
            )
            copied = try await copy.run(
                behind: &held,
                isStopped: { interruption.signal.isRaised },
                onFault: { fault in
                    faultCount.update { $0 += 1 }
                    console.warn(Reading.text(fault))
                },
                report: { counts in
                    progress.update(
                        frameCount: counts.frameCount,
                        byteCount: counts.byteCount,
                        fraction: nil
                    )
                }
            )
            await existing.close()
        } catch {
            // The error of the copy is the one to report; closing keeps what was stored.
            try? await writer.close()
            throw error is FrameStreamCopy.TargetDiffers ? targetDiffers : error
        }
        try await writer.close()
        let bounds = try await reader.bounds()
        let isStopped = interruption.signal.isRaised
        if bounds.isSealed, !isStopped { try await to.store.sealStream(to.name) }
        await reader.close()
        let result = Result(
            existingFrameCount: copied.existingFrameCount,
            frameCount: copied.frameCount,
            corruptFrameCount: copied.corruptFrameCount,
            gapCount: copied.gapCount,
            byteCount: copied.byteCount
        )
        try finish(result, hasFaults: faultCount.value > 0, isStopped: isStopped, console)
    }

    private var targetDiffers: CommandError {
        CommandError(
            .cannotCreate,
            "\(target) holds something else than the beginning of \(source); choose another name"
        )
    }

    private func copyPart(
        _ from: OpenStream,
        _ to: OpenStream,
        _ pool: BufferPool,
        _ console: Console
    ) async throws {
        let reading = try Reading(
            from,
            options: selection,
            conversion: Conversion(),
            decodes: true,
            decoding: decoding.options,
            pool: pool,
            console: console
        )
        let writer = try await openWriter(to, pool)
        let tally = Tally()
        let interruption = Interruption(console: console)
        do {
            guard await writer.totals == StreamTotals() else {
                throw CommandError(
                    .cannotCreate,
                    "\(target) has frames already; a part goes into a new stream"
                )
            }
            let sink = StreamSink(
                writer,
                introducing: StreamSink.Introduction(
                    name: from.location.description,
                    fingerprint: SourceFingerprint(byteCount: 0, digest: []),
                    selection: "copy"
                ),
                report: { tally.update($0) }
            )
            try await reading.run(into: sink, interruption: interruption)
        } catch {
            // The error of the copy is the one to report; closing keeps what was stored.
            try? await writer.close()
            throw error
        }
        try await writer.close()
        let counts = tally.counts
        let isStopped = interruption.signal.isRaised
        let result = Result(
            frameCount: counts.frameCount,
            corruptFrameCount: counts.corruptFrameCount,
            gapCount: counts.gapCount,
            byteCount: counts.byteCount
        )
        if isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; \(target) holds what came before, and a part does not go on"
            )
        }
        try finish(result, hasFaults: reading.metFaults, isStopped: false, console)
    }

    private func finish(
        _ result: Result,
        hasFaults: Bool,
        isStopped: Bool,
        _ console: Console
    ) throws {
        if output.json {
            let outcome = Outcome(
                source: source,
                target: target,
                frames: result.frameCount,
                existingFrames: result.existingFrameCount,
                gaps: result.gapCount,
                bytes: result.byteCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        }
        let before =
            result.existingFrameCount > 0 ? " (\(result.existingFrameCount) were there)" : ""
        console.note(
            "\(source): \(CountText.text(result.frameCount, "frame")), "
                + "\(ByteText.text(result.byteCount)) into \(target)\(before)"
        )
        if isStopped {
            throw CommandError(
                .temporary,
                "stopped before the end; the same command goes on where this one stopped"
            )
        }
        try LossNotice.end(
            source,
            gapCount: result.gapCount,
            corruptFrameCount: result.corruptFrameCount,
            metFaults: hasFaults,
            console
        )
    }
}
