import FFmpeg
import FoundationEssentials
import Glibc
import Logging
import Stages
import Synchronization

/// Where the command speaks: results on standard output, everything else on standard error.
///
/// A line of progress is taken away before any other line is written, so that the two do not mix.
final class Console: Sendable {
    private let isQuiet: Bool
    private let shownLevel: Logger.Level
    private let progressWidth = Mutex(0)

    /// Whether standard error is a terminal that can redraw a line.
    let isTerminal: Bool

    /// Whether results are JSON.
    let isJSON: Bool

    init(_ options: OutputOptions) {
        isQuiet = options.quiet
        isJSON = options.json
        isTerminal =
            isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        shownLevel = options.logLevel
        routeMediaLog()
    }

    /// FFmpeg's own lines are for who looks into a fault: what they mean for a stream is said by
    /// the stages.
    private func routeMediaLog() {
        Library.setLogSink { [self] line in
            let level: Logger.Level =
                line.level <= .error ? .info : line.level <= .info ? .debug : .trace
            guard level >= shownLevel else { return }
            note("ffmpeg: \(line.component.map { "\($0): " } ?? "")\(line.text)")
        }
    }

    /// Whether progress is shown.
    var showsProgress: Bool { isTerminal && !isQuiet }

    /// Says what is worth knowing and needs no action.
    func note(_ text: String) {
        if !isQuiet { writeLine("sprocket: \(text)") }
    }

    /// Says that something was lost, damaged or is about to be.
    func warn(_ text: String) {
        writeLine("sprocket: warning: \(text)")
    }

    /// Says why the command ends without having done its work.
    func fail(_ text: String) {
        writeLine("sprocket: \(text)")
    }

    /// Replaces the line of progress.
    func showProgress(_ text: String) {
        progressWidth.withLock { width in
            let padding = String(repeating: " ", count: max(0, width - text.count))
            Self.write("\r\(text)\(padding)")
            width = text.count
        }
    }

    /// Takes the line of progress away.
    func clearProgress() {
        progressWidth.withLock { Self.clear(&$0) }
    }

    private func writeLine(_ text: String) {
        progressWidth.withLock { width in
            Self.clear(&width)
            Self.write("\(Self.printable(text))\n")
        }
    }

    /// Writes to standard error.
    static func write(_ text: String) {
        // Where nobody listens there is nobody to tell.
        try? ByteOutput.standardError.write(text)
    }

    private static func clear(_ width: inout Int) {
        guard width > 0 else { return }
        write("\r\(String(repeating: " ", count: width))\r")
        width = 0
    }

    /// File names and FFmpeg's lines may hold anything; a terminal shall not obey it.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
                }
            )
        )
    }
}
