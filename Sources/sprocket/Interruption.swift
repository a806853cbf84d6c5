import Dispatch
import Glibc
import Pipelines

/// Turns the first SIGINT or SIGTERM into a request to stop cleanly, and the second into the end.
final class Interruption: Sendable {
    /// What the pipelines of the command stop on.
    let signal = StopSignal()

    /// Signal sources live as long as somebody holds them.
    private struct Sources: @unchecked Sendable {  // Set once, never used again.
        let sources: [any DispatchSourceSignal]
    }

    private let sources: Sources

    init(console: Console) {
        let stop = signal
        let watched = [SIGINT, SIGTERM].map { number -> any DispatchSourceSignal in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.isRaised { _exit(128 + number) }
                stop.stop()
                console.note("stopping; what is stored is kept (again to quit at once)")
            }
            source.resume()
            return source
        }
        sources = Sources(sources: watched)
    }
}
