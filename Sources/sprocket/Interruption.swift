import Dispatch
import Foundation
import Pipelines

/// Turns the first SIGINT or SIGTERM into a request to stop cleanly, and the second into the end.
final class Interruption: Sendable {
    /// What the pipelines of the command stop on.
    let signal = StopSignal()

    // Kept only so that they live as long as the command; set once, never read.
    private let sources: [any DispatchSourceSignal & Sendable]

    init(console: Console) {
        let stop = signal
        sources = [SIGINT, SIGTERM].map { number in
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.isRaised { _exit(128 + number) }
                stop.stop()
                console.note("stopping; what is stored is kept (again to quit at once)")
            }
            source.resume()
            return source
        }
    }
}
