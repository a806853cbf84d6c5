import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Stages

/// `sprocket verify`
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of a stream.",
        discussion: """
            Names record, offset and frame number of every fault, lists the gaps, and checks the index, the \
            numbers and the order of times. With --deep every packet is decoded as well, and every picture \
            compared with its description. Exits with 3 when something is damaged or missing.

            EXAMPLES
              sprocket verify stream
              sprocket verify stream --deep
              sprocket verify stream --json
            """
    )

    @Argument(help: "The stream to check.")
    var stream: String

    @Flag(
        help: "Look into every frame: decode packets, and compare pictures with their description."
    )
    var deep = false

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions

    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let severity: String
        let record: UInt64?
        let offset: UInt64?
        let sequence: UInt64?
        let seconds: Double?
        let detail: String
    }

    private struct Total: Encodable {
        let isClean: Bool
        let records: UInt64
        let frames: UInt64
        let gaps: UInt64
        let corruptFrames: UInt64
        let missingFrames: UInt64
        let damage: UInt64
        let decodedFrames: UInt64?
        let skippedFrames: UInt64?
        let unshownFrames: UInt64?
    }

    /// What looking into frames has shown.
    private struct Depth {
        var damageCount: UInt64 = 0
        var checkedCount: UInt64 = 0
        var skippedCount: UInt64 = 0
        var unshownCount: UInt64 = 0
    }

    func run() async throws {
        let console = Console(output)
        let pool = BufferPool()
        let target = try Stores.stream(stream, pool: pool)
        let bounds = try await target.store.bounds(of: target.name)
        let progress = Progress(console)
        progress.begin(stream)
        let (result, depth) = try await progress.shown { [self] in
            var verifier = try await FrameStreamVerifier(target.name, in: target.store, pool: pool)
            var depth = Depth()
            let check = deep ? FrameCheck(decoding: decoding.options, pool: pool) : nil
            while let finding = try await verifier.next(inspecting: { stored in
                guard case .frame(let frame) = stored.record else { return }
                if let check { try say(try check.take(frame), &depth, console) }
                progress.update(
                    frameCount: frame.header.sequence,
                    byteCount: stored.offset - bounds.head.value,
                    fraction: Self.fraction(of: stored.offset, in: bounds)
                )
            }) {
                try say(finding, console)
            }
            if let check { try say(try check.finish(), &depth, console) }
            await verifier.close()
            depth.checkedCount = check?.checkedCount ?? 0
            depth.skippedCount = check?.skippedCount ?? 0
            depth.unshownCount = check?.unshownCount ?? 0
            return (verifier.result, depth)
        }
        let censuses = try await target.store.withReader(for: target.name) { reader in
            try await StreamCensus.read(reader, pool: pool)
        }
        try say(censuses, console)
        try finish(result, depth, censuses, console)
    }

    private static func fraction(of offset: UInt64, in bounds: StreamBounds) -> Double? {
        let byteCount = bounds.tail.value - bounds.head.value
        return byteCount > 0 ? Double(offset - bounds.head.value) / Double(byteCount) : nil
    }

    private func say(_ finding: FrameStreamVerifier.Finding, _ console: Console) throws {
        let isDamage = finding.severity == .damage
        try write(
            Line(
                severity: isDamage ? "damage" : "note",
                record: finding.recordNumber,
                offset: finding.offset,
                sequence: finding.sequence,
                seconds: nil,
                detail: finding.detail
            ),
            "\(isDamage ? "damage" : "note"): \(finding)",
            console
        )
    }

    private func say(
        _ findings: [FrameCheck.Finding],
        _ depth: inout Depth,
        _ console: Console
    ) throws {
        for finding in findings {
            depth.damageCount += 1
            let time = finding.time.map { ", \($0.seconds) s" } ?? ""
            try write(
                Line(
                    severity: "damage",
                    record: nil,
                    offset: nil,
                    sequence: finding.sequence,
                    seconds: finding.time?.seconds,
                    detail: finding.detail
                ),
                "damage: sequence \(finding.sequence)\(time): \(finding.detail)",
                console
            )
        }
    }

    /// What censuses say of packets that did not decode when they were stored.
    private func say(_ censuses: StreamCensus, _ console: Console) throws {
        for note in censuses.damageNotes {
            try write(
                Line(
                    severity: "note",
                    record: nil,
                    offset: nil,
                    sequence: note.sequence,
                    seconds: nil,
                    detail: note.detail
                ),
                "note: sequence \(note.sequence): \(note.detail)",
                console
            )
        }
    }

    private func write(_ line: Line, _ text: String, _ console: Console) throws {
        console.clearProgress()
        try ByteOutput.standardOutput.write(output.json ? try JSONLine.text(line) : "\(text)\n")
    }

    private func finish(
        _ result: FrameStreamVerifier.Result,
        _ depth: Depth,
        _ censuses: StreamCensus,
        _ console: Console
    ) throws {
        let markedCount = result.corruptFrameCount
        let corruptCount =
            markedCount - min(markedCount, censuses.supersededCount) + censuses.corruptCount
        let gapCount = result.gapCount + censuses.refusedCount
        let damageCount = result.damageCount + depth.damageCount
        if output.json {
            let total = Total(
                isClean: damageCount == 0,
                records: result.recordCount,
                frames: result.frameCount,
                gaps: gapCount,
                corruptFrames: corruptCount,
                missingFrames: result.missingFrameCount,
                damage: damageCount,
                decodedFrames: deep ? depth.checkedCount : nil,
                skippedFrames: deep ? depth.skippedCount : nil,
                unshownFrames: deep ? depth.unshownCount : nil
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(total))
        } else {
            var parts = [
                "\(stream): \(CountText.text(result.recordCount, "record"))",
                CountText.text(result.frameCount, "frame"),
                CountText.text(gapCount, "gap"),
                "\(corruptCount) marked corrupt",
            ]
            if deep { parts.append("\(depth.checkedCount) looked into") }
            if depth.skippedCount > 0 {
                parts.append("\(depth.skippedCount) not, for want of frames that they need")
            }
            if depth.unshownCount > 0 {
                parts.append("\(CountText.text(depth.unshownCount, "packet")) without a picture")
            }
            parts.append(CountText.text(damageCount, "fault"))
            console.note(parts.joined(separator: ", "))
        }
        let lossCount = result.lossCount + censuses.refusedCount + censuses.restingCount
        if damageCount > 0 || lossCount > 0 || corruptCount > 0 {
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
