import ArgumentParser
import FrameStreams
import Jobs
import Stages

/// `sprocket reindex`
struct ReindexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Prove that the index of a stream agrees with its frames, or make it anew.",
        discussion: """
            Compares every index record that searches go along with what the records say, without reading \
            payloads. Where the index is damaged, a complete one is appended at the tail, so that searching is \
            fast again; a sealed stream takes none. Packets that no census counts are decoded, and which pictures \
            they give is noted at the tail, so that pictures are found by number without decoding from the head. \
            Exits with 3 when damaged records are met.

            EXAMPLES
              sprocket reindex stream
              sprocket reindex stream --json
            """
    )

    @Argument(help: "The stream.")
    var stream: String

    @Flag(inversion: .prefixedNo, help: "Decode packets that no census counts, and take it.")
    var census = true

    @OptionGroup(title: "Decoding") var decoding: DecodingOptions
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let stream: String
        let wasEqual: Bool
        let fault: String?
        let indexRecords: UInt64
        let entries: UInt64
        let appendedIndexRecords: Int
        let appendedCensuses: Int
        let damage: UInt64
        let lostEntries: UInt64
    }

    func run() async throws {
        var job = ReindexJob(stream: stream)
        job.takesCensus = census
        job.decoding = decoding.options
        let run = JobRun(output)
        let outcome = try await run.run { [job] in try await job.run(in: $0) }
        try finish(outcome, run.console)
    }

    private func finish(_ found: ReindexJob.Outcome, _ console: Console) throws {
        let proof = found.proof
        if output.json {
            let outcome = Outcome(
                stream: stream,
                wasEqual: found.fault == nil,
                fault: found.fault,
                indexRecords: proof.indexCount,
                entries: proof.entryCount,
                appendedIndexRecords: found.appendedIndexCount,
                appendedCensuses: found.appendedCensusCount,
                damage: proof.damageCount,
                lostEntries: proof.lostCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        }
        let lost =
            proof.lostCount > 0 ? ", but for \(proof.lostCount) that are damaged in the data" : ""
        let made =
            found.appendedIndexCount > 0
            ? ", made anew: \(CountText.text(UInt64(found.appendedIndexCount), "record")) appended"
            : ""
        console.note(
            """
            \(stream): \(CountText.text(proof.indexCount, "index record")) with \
            \(proof.entryCount == 1 ? "1 entry" : "\(proof.entryCount) entries") equal the data\(lost)\(made)
            """
        )
        if proof.damageCount > 0 {
            console.warn(
                "\(stream): \(CountText.text(proof.damageCount, "record")) damaged; sprocket verify lists them, "
                    + "and sprocket recover makes a sound stream"
            )
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
