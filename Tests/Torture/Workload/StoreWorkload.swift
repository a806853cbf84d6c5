import ArgumentParser
import ByteStreams
import Glibc

/// The program that the torture starts, kills, starves and cuts the power of.
///
/// Everything that it says stands on a line of its own, written with one call, so that whoever
/// kills it knows what it had said.
@main struct StoreWorkload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-workload",
        abstract: "Writes, checks and follows streams of bytes that a seed decides.",
        subcommands: [
            Write.self, Check.self, Tail.self, Open.self, Truncate.self, Delete.self, Forge.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as StreamError {
            Line.say("error \(error.code) \(error)", to: STDERR_FILENO)
            Glibc.exit(error.code.exitStatus)
        } catch let error as Finding {
            Line.say("finding \(error.description)", to: STDERR_FILENO)
            Glibc.exit(Finding.exitStatus)
        } catch {
            exit(withError: error)
        }
    }
}

/// Something about the stream that must not be.
struct Finding: Error, CustomStringConvertible {
    /// EX_DATAERR
    static let exitStatus: Int32 = 65

    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension StreamError.Code {
    /// The status of sysexits.h that the command `sprocket` has for it.
    var exitStatus: Int32 {
        switch self {
        case .notFound: 66
        case .unavailable: 69
        case .cannotCreate: 73
        case .inputOutput, .full: 74
        case .locked, .fenced, .cancelled: 75
        case .denied: 77
        case .sealed, .truncated, .tooLarge, .invalid, .closed: 64
        case .damaged: 65
        default: 70
        }
    }
}
