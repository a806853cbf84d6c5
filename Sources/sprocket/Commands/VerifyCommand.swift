import ArgumentParser
import Buffers
import FrameStreams
import Stages

/// `sprocket verify`
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of a stream.",
        discussion: """
            Names record, offset and frame number of every fault, lists the gaps, and checks the index, the \
            numbers and the order of times. Exits with 3 when something is damaged or missing.

            EXAMPLES
              sprocket verify stream
              sprocket verify stream --json
            """
    )

    @Argument(help: "The stream to check.")
    var stream: String

    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let severity: String
        let record: UInt64?
        let offset: UInt64?
        let sequence: UInt64?
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
    }

    func run() async throws {
        let console = Console(output)
        let pool = BufferPool()
        let target = try OpenStream(stream, pool: pool)
        var verifier = try await FrameStreamVerifier(target.name, in: target.store, pool: pool)
        while let finding = try await verifier.next() {
            let isDamage = finding.severity == .damage
            if output.json {
                try ByteOutput.standardOutput.write(
                    try JSONLine.text(
                        Line(
                            severity: isDamage ? "damage" : "note",
                            record: finding.recordNumber,
                            offset: finding.offset,
                            sequence: finding.sequence,
                            detail: finding.detail
                        )
                    )
                )
            } else {
                try ByteOutput.standardOutput.write(
                    "\(isDamage ? "damage" : "note"): \(finding)\n"
                )
            }
        }
        await verifier.close()
        let result = verifier.result
        if output.json {
            try ByteOutput.standardOutput.write(
                try JSONLine.text(
                    Total(
                        isClean: result.isClean,
                        records: result.recordCount,
                        frames: result.frameCount,
                        gaps: result.gapCount,
                        corruptFrames: result.corruptFrameCount,
                        missingFrames: result.missingFrameCount,
                        damage: result.damageCount
                    )
                )
            )
        } else {
            console.note(
                [
                    "\(stream): \(CountText.text(result.recordCount, "record"))",
                    CountText.text(result.frameCount, "frame"),
                    CountText.text(result.gapCount, "gap"),
                    "\(result.corruptFrameCount) marked corrupt",
                    CountText.text(result.damageCount, "fault"),
                ].joined(separator: ", ")
            )
        }
        if !result.isClean || result.lossCount > 0 || result.corruptFrameCount > 0 {
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
