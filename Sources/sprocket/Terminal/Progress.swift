import Jobs
import Stages
import Synchronization

/// How far a long piece of work has come, and a line about it five times a second at most.
final class Progress: Sendable {
    private struct State {
        var newest = JobProgress(frameCount: 0, byteCount: 0)
        var title = ""
        var start = ContinuousClock.now
    }

    /// How often the line is drawn.
    private static let interval = Duration.milliseconds(200)

    private let state = Mutex(State())
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    /// Names what is being worked on from now on.
    func begin(_ title: String) {
        state.withLock { state in
            state = State()
            state.title = title
        }
    }

    /// Takes the newest counts.
    func update(_ newest: JobProgress) {
        state.withLock { $0.newest = newest }
    }

    /// Draws while `work` runs.
    func shown<Result: Sendable>(
        while work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard console.showsProgress else { return try await work() }
        defer { console.clearProgress() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil {  // Ends when cancelled.
                    self.console.showProgress(self.line)
                }
                return nil
            }
            while let result = try await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            throw CancellationError()
        }
    }

    private var line: String {
        let state = state.withLock { $0 }
        let newest = state.newest
        let elapsed = (ContinuousClock.now - state.start) / Duration.seconds(1)
        let rate = elapsed > 0 ? Double(newest.frameCount) / elapsed : 0
        let speed = elapsed > 0 ? Double(newest.byteCount) / elapsed : 0
        var line =
            "\(state.title)  \(newest.frameCount) frames  "
            + "\(Int(rate.rounded())) frames/s  \(ByteText.text(speed))/s"
        if let fraction = newest.fraction, fraction > 0.001 {
            let left = elapsed / fraction - elapsed
            line +=
                "  \(Int(min(100, fraction * 100).rounded()))%  \(Self.clock(left)) left"
        }
        return line
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 359_999)).rounded(.up))
        let seconds = NumberText.zeroFilled(whole % 60, digitCount: 2)
        guard whole >= 3600 else { return "\(whole / 60):\(seconds)" }
        return "\(whole / 3600):\(NumberText.zeroFilled(whole / 60 % 60, digitCount: 2)):\(seconds)"
    }
}
