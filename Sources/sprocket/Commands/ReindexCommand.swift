import ArgumentParser
import Buffers
import ByteStreams
import FrameStreams
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
        let console = Console(output)
        let pool = BufferPool()
        let target = try Stores.stream(stream, pool: pool)
        let before = try await proof(target, pool)
        var after = before
        var appendedCount = 0
        if let fault = before.fault {
            console.note("\(stream): \(fault)")
            appendedCount = try await append(target, pool)
            after = try await proof(target, pool)
            if let fault = after.fault {
                throw CommandError(
                    .inputOutput,
                    "\(stream): the index was made anew, and yet \(fault)"
                )
            }
        }
        let censusCount = census ? try await takeCensus(target, pool, console) : 0
        if output.json {
            let outcome = Outcome(
                stream: stream,
                wasEqual: before.fault == nil,
                fault: before.fault,
                indexRecords: after.indexCount,
                entries: after.entryCount,
                appendedIndexRecords: appendedCount,
                appendedCensuses: censusCount,
                damage: after.damageCount,
                lostEntries: after.lostCount
            )
            try ByteOutput.standardOutput.write(try JSONLine.text(outcome))
        }
        let lost =
            after.lostCount > 0 ? ", but for \(after.lostCount) that are damaged in the data" : ""
        let made =
            appendedCount > 0
            ? ", made anew: \(CountText.text(UInt64(appendedCount), "record")) appended" : ""
        console.note(
            """
            \(stream): \(CountText.text(after.indexCount, "index record")) with \
            \(after.entryCount == 1 ? "1 entry" : "\(after.entryCount) entries") equal the data\(lost)\(made)
            """
        )
        if after.damageCount > 0 {
            console.warn(
                "\(stream): \(CountText.text(after.damageCount, "record")) damaged; sprocket verify lists them, "
                    + "and sprocket recover makes a sound stream"
            )
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }

    private func takeCensus(
        _ target: OpenStream,
        _ pool: BufferPool,
        _ console: Console
    ) async throws -> Int {
        return try await CensusTaking(
            stream: stream,
            target: target,
            options: decoding.options,
            pool: pool,
            console: console
        ).run()
    }

    private func proof(_ target: OpenStream, _ pool: BufferPool) async throws -> IndexProof {
        try await target.store.withReader(for: target.name) { reader in
            try await IndexProof.make(reader, pool: pool)
        }
    }

    private func append(_ target: OpenStream, _ pool: BufferPool) async throws -> Int {
        guard try await !target.store.bounds(of: target.name).isSealed else {
            throw CommandError(
                .refused,
                "\(stream) is sealed and takes no index; sprocket recover makes a stream with a sound one"
            )
        }
        var options = FrameStreamWriter.Options()
        options.pool = pool
        let writer = try await FrameStreamWriter.open(
            target.name,
            in: target.store,
            options: options
        )
        do {
            let count = try await writer.appendIndexAnew()
            try await writer.close()
            return count
        } catch {
            // The first error is the one to report.
            try? await writer.close()
            throw error
        }
    }
}
