import Foundation
import TestSupport
import Testing

@Suite("exported video shows every frame that is counted")
struct ExportedCountTests {
    private static let containers = ["mp4", "mov", "mkv", "ts", "avi", "m3u8"]

    private static func ffmpeg(_ arguments: String..., in folder: URL) throws {
        let run = try CommandRun.tool("ffmpeg", ["-v", "error"] + arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
    }

    private static func sprocket(_ arguments: String..., in folder: URL) throws -> CommandRun {
        let run = try CommandRun.sprocket(arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run
    }

    /// How many pictures FFmpeg decodes.
    private static func count(_ file: String, in folder: URL) throws -> Int? {
        let run = try CommandRun.tool(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-count_frames", "-show_entries",
                "stream=nb_read_frames", "-of", "csv=p=0", file,
            ],
            in: folder
        )
        return run.text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }

    @Test("times below zero, where a clock of 33 bits begins again", arguments: ["raw", "packets"])
    func wrappedClock(payload: String) async throws {
        try await withTemporaryDirectory { folder in
            // The clock begins again 1.3 s behind the first of 50 frames.
            try Self.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=2",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-g",
                "10",
                "-output_ts_offset",
                "95441",
                "c.ts",
                in: folder
            )
            _ = try Self.sprocket("ingest", "c.ts", "--to", "s", "--payload", payload, in: folder)
            let flags = payload == "raw" ? ["--preset", "ultrafast"] : ["--codec", "copy"]
            for container in Self.containers {
                let file = "o.\(container)"
                let run = try CommandRun.sprocket(
                    ["export", "video", "s", "--to", file] + flags,
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(try Self.count(file, in: folder) == 50, "\(container)")
                if container == "mp4" { #expect(run.errors.contains("below zero")) }
            }
        }
    }

    @Test("the last frame of a source without durations, and the only one")
    func missingDurations() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=0.4",
                "-c:v",
                "wmv2",
                "c.wmv",
                in: folder
            )
            _ = try Self.sprocket("ingest", "c.wmv", "--to", "s", in: folder)
            for container in Self.containers + ["webm"] {
                for (flags, count) in [([], 10), (["--first", "1"], 1)] {
                    let file = "\(count).\(container)"
                    let run = try CommandRun.sprocket(
                        ["export", "video", "s", "--to", file] + flags,
                        in: folder
                    )
                    #expect(run.status == 0, "\(run.errors)")
                    #expect(try Self.count(file, in: folder) == count, "\(file)")
                }
            }
            _ = try Self.sprocket(
                "ingest",
                "c.wmv",
                "--to",
                "p",
                "--payload",
                "packets",
                in: folder
            )
            _ = try Self.sprocket(
                "export",
                "video",
                "p",
                "--to",
                "p.mov",
                "--codec",
                "copy",
                in: folder
            )
            #expect(try Self.count("p.mov", in: folder) == 10)
        }
    }

    @Test("frames with the time of the one in front come a tick later, and that is said")
    func equalTimes() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=0.4",
                "-vf",
                "setpts='if(eq(N,5),4,N)/25/TB'",
                "-fps_mode",
                "passthrough",
                "-c:v",
                "ffv1",
                "-enc_time_base",
                "1/90000",
                "c.mkv",
                in: folder
            )
            for (payload, flags) in [("raw", []), ("packets", ["--codec", "copy"])] {
                _ = try Self.sprocket(
                    "ingest",
                    "c.mkv",
                    "--to",
                    payload,
                    "--payload",
                    payload,
                    in: folder
                )
                let file = "\(payload).\(payload == "raw" ? "mp4" : "avi")"
                let run = try CommandRun.sprocket(
                    ["export", "video", payload, "--to", file] + flags,
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.contains("1 frames have the time of the one in front"))
                #expect(try Self.count(file, in: folder) == 10)
            }
        }
    }
}
