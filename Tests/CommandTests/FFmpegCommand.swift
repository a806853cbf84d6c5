import Foundation
import TestSupport

/// What differs between releases of the `ffmpeg` command.
enum FFmpegCommand {
    /// Its release, such as 5; 0 where it does not say one.
    static let release: Int = {
        let folder = FileManager.default.temporaryDirectory
        // Without the command every test that asks it fails by itself, and says so.
        let text = try? CommandRun.tool("ffmpeg", ["-version"], in: folder).text
        let number = text?.split(separator: " ").dropFirst(2).first?.prefix(while: \.isNumber)
        return number.flatMap { Int($0) } ?? 0
    }()

    /// The arguments that copy a clip and state that it is to be shown turned, by degrees against
    /// the clock: a tag that the muxer reads; it is passed over from 6 on, where a flag states it.
    static func turning(_ file: String, by degrees: Int, to target: String) -> [String] {
        release < 6
            ? ["-i", file, "-c", "copy", "-metadata:s:v:0", "rotate=\(degrees)", target]
            : ["-display_rotation", String(degrees), "-i", file, "-c", "copy", target]
    }
}
