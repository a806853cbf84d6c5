import ArgumentParser
import FileNames
import Glibc
import Stages

/// The command.
@main
struct Sprocket: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sprocket",
        abstract: "Turns video into durable streams of frames, and back.",
        discussion: """
            EXAMPLES
              sprocket ingest clip.mp4 --to stream      Store every frame of a file.
              sprocket info stream                      Say what a stream holds.
              sprocket cat stream --as y4m | ffplay -   Watch it.
              sprocket export images stream --to out    Write every frame as a PNG.

            STREAM is a path, or file:PATH. INPUT is anything FFmpeg opens, or - for standard input.

            EXIT STATUS
              0 done, 3 done but something was lost or damaged (and said), 64 usage, 65 nothing usable in \
            the data, 66 no input, 69 store unavailable, 70 a fault of this program, 73 cannot create, \
            74 input/output error, 75 locked or stopped before the end, 77 refused, 78 configuration.
            """,
        version: Version.text,
        subcommands: [
            IngestCommand.self, CatCommand.self, ExportCommand.self, CopyCommand.self,
            RecoverCommand.self, ReindexCommand.self, InfoCommand.self, VerifyCommand.self,
            ProbeCommand.self,
            SampleClipCommand.self, StreamsCommand.self,
        ]
    )

    /// Parses, runs, and ends the process with a status that says how it went.
    static func main() async {
        // A reader that goes away shows as an error of the write, not as a signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parse(ProcessArguments.names)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Parses; a command that is not there is told from one whose flags are wrong.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let complaint = UnknownCommand.complaint(about: arguments, of: Sprocket.self)
        do {
            let command = try parseAsRoot(arguments)
            guard let complaint else { return command }
            throw CommandError(.usage, complaint)
        } catch {
            if exitCode(for: error) != .success, let complaint {
                throw CommandError(.usage, complaint)
            }
            throw error
        }
    }

    private static func end(with error: any Error) -> Never {
        if let status = error as? ExitCode { Glibc.exit(status.rawValue) }
        if let failure = Failure(error) {
            if let line = failure.line {
                Console.write("sprocket: \(line)\n")
            }
            Glibc.exit(failure.status.rawValue)
        }
        let status = exitCode(for: error)
        if status == .success {
            // Whoever closed the pipe has seen enough of the help.
            try? ByteOutput.standardOutput.write("\(fullMessage(for: error))\n")
            Glibc.exit(ExitStatus.done.rawValue)
        }
        Console.write("sprocket: \(message(for: error)); --help says more\n")
        Glibc.exit(ExitStatus.usage.rawValue)
    }
}

/// What this program is called in records of versions.
enum Version {
    static let text = "0.1.0"
}
