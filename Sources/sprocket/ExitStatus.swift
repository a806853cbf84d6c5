/// How the command ends, as its caller sees it. The numbers are stable.
enum ExitStatus: Int32, Sendable {
    /// Done.
    case done = 0
    /// Done, but something was lost or damaged, and said.
    case damaged = 3
    /// The flags make no sense (EX_USAGE).
    case usage = 64
    /// Nothing usable in the data (EX_DATAERR).
    case badInput = 65
    /// There is no such input (EX_NOINPUT).
    case noInput = 66
    /// The store cannot be reached (EX_UNAVAILABLE).
    case unavailable = 69
    /// A fault of this program (EX_SOFTWARE).
    case fault = 70
    /// The output cannot be created (EX_CANTCREAT).
    case cannotCreate = 73
    /// Reading or writing failed (EX_IOERR).
    case inputOutput = 74
    /// Somebody else has the stream, or time ran out (EX_TEMPFAIL).
    case temporary = 75
    /// Refused: by permission or by a limit (EX_NOPERM).
    case refused = 77
    /// A file of settings is wrong (EX_CONFIG).
    case configuration = 78
}

/// An end of the command that its user can do something about.
struct CommandError: Error, CustomStringConvertible {
    /// How the command ends.
    let status: ExitStatus
    /// What was attempted, on what, why it failed, what to do: one line.
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
