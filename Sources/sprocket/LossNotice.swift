import ArgumentParser

/// What a command says of losses when it has done its work, and how it ends then.
enum LossNotice {
    /// Says how much is missing or corrupt in what was written.
    ///
    /// - Parameters:
    ///   - stream: What was read.
    ///   - gapCount: Gaps in which frames are missing.
    ///   - corruptFrameCount: Frames marked corrupt.
    ///   - metFaults: Whether damage was met, and said, on the way.
    /// - Throws: The exit status for losses, if there are any.
    static func end(
        _ stream: String,
        gapCount: UInt64,
        corruptFrameCount: UInt64,
        metFaults: Bool,
        _ console: Console
    ) throws {
        if gapCount > 0 || corruptFrameCount > 0 {
            console.warn(
                "\(stream): \(CountText.text(gapCount, "gap")), "
                    + CountText.text(corruptFrameCount, "frame", "marked corrupt")
            )
        }
        if gapCount > 0 || corruptFrameCount > 0 || metFaults {
            throw ExitCode(ExitStatus.damaged.rawValue)
        }
    }
}
