import Foundation
import Testing

/// What tests of containers run, and what they ask of files.
enum ContainerTools {
    /// Runs `ffmpeg`, which has to succeed; arguments have no spaces in them.
    @discardableResult
    static func ffmpeg(_ line: String, in folder: URL) throws -> Data {
        let arguments = ["-v", "error", "-y"] + line.split(separator: " ").map(String.init)
        let run = try CommandRun.tool("ffmpeg", arguments, in: folder)
        try #require(run.status == 0, "\(line): \(run.errors)")
        return run.output
    }

    /// Runs `sprocket`, which has to end with `status`; arguments have no spaces in them.
    @discardableResult
    static func sprocket(
        _ line: String,
        in folder: URL,
        status: Int32 = 0
    ) throws -> CommandRun {
        let arguments = line.split(separator: " ").map(String.init)
        let run = try CommandRun.sprocket(arguments, in: folder)
        try #require(run.status == status, "\(line): \(run.status) \(run.errors)")
        return run
    }

    /// One line of `ffprobe` for each frame or stream.
    static func probe(_ entries: String, of file: String, in folder: URL) throws -> [String] {
        let run = try CommandRun.tool(
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            entries,
            "-of",
            "csv=p=0:nk=1",
            file,
            in: folder
        )
        try #require(run.status == 0, "\(file): \(run.errors)")
        return run.text.split(separator: "\n").map {
            String($0).trimmingCharacters(in: CharacterSet(charactersIn: ","))
        }.filter { !$0.isEmpty }
    }

    /// The frames of a stream as `cat --as ndjson` shows them.
    static func frames(of stream: String, in folder: URL) throws -> [[String: Any]] {
        try sprocket("cat \(stream) --as ndjson", in: folder).text.split(separator: "\n")
            .compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            .filter { $0["type"] as? String == "frame" }
    }

    /// Decoded pictures, one behind the other.
    static func pictures(
        of file: String,
        decoder: String? = nil,
        in folder: URL
    ) throws -> Data {
        let flags = decoder.map { ["-c:v", $0] } ?? []
        let run = try CommandRun.tool(
            "ffmpeg",
            ["-v", "error", "-noautorotate"] + flags
                + ["-i", file, "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
            in: folder
        )
        try #require(run.status == 0, "\(file): \(run.errors)")
        return run.output
    }
}
