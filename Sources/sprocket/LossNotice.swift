import ArgumentParser

/// What a command says of losses when it has done its work, and how it ends then.
enum LossNotice {
    /// Says how much is missing or corrupt in what was written.
    ///
    /// - Parameters:
    ///   - stream: What was read.
    ///   - gapCount: Gaps in which frames are missing.
    ///   - corruptFrameCount: Frames marked corrupt.
    ///   - dependentFrameCount: Frames that rest on a corrupt one.
    ///   - metFaults: Whether damage was met, and said, on the way.
    /// - Throws: The exit status for losses, if there are any.
    static func end(
        _ stream: String,
        gapCount: UInt64,
        corruptFrameCount: UInt64,
        dependentFrameCount: UInt64 = 0,
        metFaults: Bool,
        _ console: Console
    ) throws {
        let hasLosses = gapCount > 0 || corruptFrameCount > 0 || dependentFrameCount > 0
        if hasLosses {
            let dependent =
                dependentFrameCount > 0 ? ", and \(dependentFrameCount) that rest on such" : ""
            console.warn(
                "\(stream): \(CountText.text(gapCount, "gap")), "
                    + CountText.text(corruptFrameCount, "frame", "marked corrupt") + dependent
            )
        }
        if hasLosses || metFaults {
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
