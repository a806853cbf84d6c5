import ArgumentParser
import FrameFormat
import FrameStreams
import Jobs
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

    func run() async throws {
        var job = VerifyJob(stream: stream)
        job.isDeep = deep
        job.decoding = decoding.options
        let run = JobRun(output)
        let outcome = try await run.run { [job, self] context in
            try await job.run(in: context) { try write($0, run.console) }
        }
        try finish(outcome, run.console)
        if outcome.hasLosses { throw ExitCode(ExitStatus.damaged.rawValue) }
    }

    private func write(_ finding: VerifyJob.Finding, _ console: Console) throws {
        console.clearProgress()
        let (line, text) = Self.texts(finding)
        try ByteOutput.standardOutput.write(output.json ? try JSONLine.text(line) : "\(text)\n")
    }

    /// A finding for programs, and for people.
    private static func texts(_ finding: VerifyJob.Finding) -> (Line, String) {
        switch finding {
        case .record(let finding):
            let severity = finding.severity == .damage ? "damage" : "note"
            let line = Line(
                severity: severity,
                record: finding.recordNumber,
                offset: finding.offset,
                sequence: finding.sequence,
                seconds: nil,
                detail: finding.detail
            )
            return (line, "\(severity): \(finding)")
        case .frame(let finding):
            let line = Line(
                severity: "damage",
                record: nil,
                offset: nil,
                sequence: finding.sequence,
                seconds: finding.time?.seconds,
                detail: finding.detail
            )
            let time = finding.time.map { ", \($0.seconds) s" } ?? ""
            return (line, "damage: sequence \(finding.sequence)\(time): \(finding.detail)")
        case .census(let sequence, let detail):
            let line = Line(
                severity: "note",
                record: nil,
                offset: nil,
                sequence: sequence,
                seconds: nil,
                detail: detail
            )
            return (line, "note: sequence \(sequence): \(detail)")
        }
    }

    private func finish(_ outcome: VerifyJob.Outcome, _ console: Console) throws {
        let records = outcome.records
        if output.json {
            let total = Total(
                isClean: outcome.damageCount == 0,
                records: records.recordCount,
                frames: records.frameCount,
                gaps: outcome.gapCount,
                corruptFrames: outcome.corruptFrameCount,
                missingFrames: records.missingFrameCount,
                damage: outcome.damageCount,
                decodedFrames: deep ? outcome.checkedCount : nil,
                skippedFrames: deep ? outcome.skippedCount : nil,
                unshownFrames: deep ? outcome.unshownCount : nil
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(total))
            return
        }
        var parts = [
            "\(stream): \(CountText.text(records.recordCount, "record"))",
            CountText.text(records.frameCount, "frame"),
            CountText.text(outcome.gapCount, "gap"),
            "\(outcome.corruptFrameCount) marked corrupt",
        ]
        if deep { parts.append("\(outcome.checkedCount) looked into") }
        if outcome.skippedCount > 0 {
            parts.append("\(outcome.skippedCount) not, for want of frames that they need")
        }
        if outcome.unshownCount > 0 {
            parts.append("\(CountText.text(outcome.unshownCount, "packet")) without a picture")
        }
        parts.append(CountText.text(outcome.damageCount, "fault"))
        console.note(parts.joined(separator: ", "))
    }
}
