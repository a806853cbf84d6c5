import Foundation

/// Runs the commands that the module is compared with.
enum ToolRunner {
    struct Failure: Error {
        var command: String
        var status: Int32
    }

    /// What the command writes to its standard output; throws where it fails.
    static func run(_ tool: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                command: ([tool] + arguments).joined(separator: " "),
                status: process.terminationStatus
            )
        }
        return bytes
    }

    static func lines(_ tool: String, _ arguments: [String]) throws -> [String] {
        try String(decoding: run(tool, arguments), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    /// The SHA-256 of every pixel that the `ffmpeg` command decodes from the first video stream.
    static func decodedDigest(of path: String) throws -> String {
        let lines = try lines(
            "ffmpeg",
            [
                "-v", "quiet", "-nostdin", "-threads", "1", "-noautorotate", "-i", "file:" + path,
                "-map", "0:v:0", "-fps_mode", "passthrough", "-noautoscale", "-c:v", "rawvideo",
                "-f", "hash", "-hash", "sha256", "-",
            ]
        )
        return lines.first.map { String($0.dropFirst("SHA256=".count)) } ?? "no digest"
    }

    /// One field of every decoded picture of the first video stream, as `ffprobe` sees it.
    static func pictures(of path: String, field: String) throws -> [String] {
        try lines(
            "ffprobe",
            [
                "-v", "quiet", "-select_streams", "v:0", "-show_entries", "frame=\(field)",
                "-of", "csv=p=0", "file:" + path,
            ]
        ).map { String($0.prefix { $0 != "," }) }
    }
}
