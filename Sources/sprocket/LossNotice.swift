import ArgumentParser
import Jobs
import Stages

/// What is missing or corrupt in what was written.
struct LossCounts {
    /// Gaps in which frames are missing.
    var gapCount: UInt64
    /// Frames marked corrupt.
    var corruptFrameCount: UInt64
    /// Frames that rest on a corrupt one.
    var dependentFrameCount: UInt64 = 0

    init(gapCount: UInt64, corruptFrameCount: UInt64) {
        self.gapCount = gapCount
        self.corruptFrameCount = corruptFrameCount
    }

    init(_ counts: OutputCounts) {
        gapCount = counts.gapCount
        corruptFrameCount = counts.corruptFrameCount
        dependentFrameCount = counts.dependentFrameCount
    }
}

/// What a command says of losses when it has done its work, and how it ends then.
enum LossNotice {
    /// Says how much is missing or corrupt in what was written.
    ///
    /// - Throws: The exit status for losses, if there are any.
    static func end(
        _ stream: String,
        _ counts: LossCounts,
        metFaults: Bool,
        _ console: Console
    ) throws {
        let dependentCount = counts.dependentFrameCount
        let hasLosses = counts.gapCount > 0 || counts.corruptFrameCount > 0 || dependentCount > 0
        if hasLosses {
            let dependent = dependentCount > 0 ? ", and \(dependentCount) that rest on such" : ""
            console.warn(
                "\(stream): \(CountText.text(counts.gapCount, "gap")), "
                    + CountText.text(counts.corruptFrameCount, "frame", "marked corrupt")
                    + dependent
            )
        }
        if hasLosses || metFaults {
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
