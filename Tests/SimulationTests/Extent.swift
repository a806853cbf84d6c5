import Foundation

/// How much the simulations of this suite do: little in every run, much under torture.
enum Extent {
    /// Code that is not optimised is some fifty times slower here.
    #if DEBUG
        private static let share = 1
    #else
        private static let share = 50
    #endif
    /// `SPROCKET_SIMULATED_STATES`, or some hundred or thousand.
    static let stateCount = number("SPROCKET_SIMULATED_STATES") ?? 400 * share
    /// `SPROCKET_SIMULATED_FAULTS`, or some hundred or thousand.
    static let faultCount = number("SPROCKET_SIMULATED_FAULTS") ?? 200 * share
    /// `SPROCKET_EXHAUSTIVE=1` for every bit and length instead of a sample.
    static let isExhaustive = number("SPROCKET_EXHAUSTIVE") == 1
    /// `SPROCKET_SEED`, or always the same.
    static let seed = UInt64(number("SPROCKET_SEED") ?? 1)
    /// Workloads are made up to this number, each with the more crash states.
    static let workloadCountMaximum = 1_000
    /// Crash states that are made of one workload at least.
    static let statesPerWorkloadMinimum = 50

    /// Says what was done, for whoever runs it under torture.
    static func report(_ what: String, _ count: String) {
        let line = "simulated \(what): \(count), seed \(seed)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
