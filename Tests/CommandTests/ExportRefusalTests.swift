import Foundation
import TestSupport
import Testing

@Suite("what a video file cannot hold is refused before there is a file")
struct ExportRefusalTests {
    private static func ffmpeg(_ arguments: String..., in folder: URL) throws {
        let run = try CommandRun.tool("ffmpeg", ["-v", "error"] + arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
    }

    private static func ingest(
        _ file: String,
        to stream: String,
        _ payload: String,
        in folder: URL
    ) throws {
        let run = try CommandRun.sprocket(
            ["ingest", file, "--to", stream, "--payload", payload],
            in: folder
        )
        // Joined streams may be called discontinuous.
        try #require([0, 3].contains(run.status), "\(run.errors)")
    }

    /// An export that is refused with these words, and leaves nothing behind.
    private static func expectRefusal(
        _ stream: String,
        to file: String,
        _ flags: [String],
        _ words: [String],
        in folder: URL
    ) throws {
        let run = try CommandRun.sprocket(
            ["export", "video", stream, "--to", file] + flags,
            in: folder
        )
        #expect(run.status == 64, "\(file): \(run.errors)")
        for word in words { #expect(run.errors.contains(word), "\(word): \(run.errors)") }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.contains(file) }, "\(left)")
    }

    private static let source = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1"]

    @Test("times that jump back, with the parts that can be exported each")
    func jumpsBack() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=1",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-g",
                "10",
                "a.ts",
                in: folder
            )
            let part = try Data(contentsOf: folder.appendingPathComponent("a.ts"))
            try (part + part + part).write(to: folder.appendingPathComponent("c.ts"))
            let parts = "--frames 1..25, --frames 26..50, --frames 51..75"
            for payload in ["raw", "packets"] {
                try Self.ingest("c.ts", to: payload, payload, in: folder)
                for container in ["mp4", "mkv", "ts", "avi", "m3u8"] {
                    try Self.expectRefusal(
                        payload,
                        to: "o.\(container)",
                        payload == "raw" ? ["--preset", "ultrafast"] : ["--codec", "copy"],
                        ["frame 26 is shown at", parts],
                        in: folder
                    )
                }
            }
            for (name, range) in [("1.mp4", "1..25"), ("2.mp4", "26..50"), ("3.mp4", "51..75")] {
                let run = try CommandRun.sprocket(
                    ["export", "video", "raw", "--to", name, "--frames", range],
                    in: folder
                )
                #expect(run.status == 0 && run.errors.contains("25 frames"), "\(run.errors)")
            }
        }
    }

    @Test("packets without times")
    func noTimes() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=1",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "c.h264",
                in: folder
            )
            try Self.ingest("c.h264", to: "s", "packets", in: folder)
            for container in ["mp4", "mov", "mkv", "ts", "avi", "m3u8"] {
                try Self.expectRefusal(
                    "s",
                    to: "o.\(container)",
                    ["--codec", "copy"],
                    ["has no time", "--codec h264"],
                    in: folder
                )
            }
            let run = try CommandRun.sprocket("export", "video", "s", "--to", "o.mp4", in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test("packets of which some have no times", arguments: ["c.m1v", "c.avi"])
    func someTimes(file: String) async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "-f lavfi -i testsrc2=size=96x64:rate=25:duration=1 -c:v mpeg1video -bf 2 \(file)",
                in: folder
            )
            try Self.ingest(file, to: "s", "packets", in: folder)
            try Self.expectRefusal(
                "s",
                to: "o.mkv",
                ["--codec", "copy"],
                ["has no time", "--codec h264"],
                in: folder
            )
        }
    }

    /// Source, what ffmpeg makes of it, and the containers that cannot hold it and that can.
    private static let pairs: [(String, [String], refused: [String], taken: [String])] = [
        ("c.gif", ["-pix_fmt", "rgb8"], ["mp4", "mkv", "avi", "ts", "webm"], ["mov"]),
        (
            "qtrle.mov", ["-c:v", "qtrle", "-pix_fmt", "argb"], ["mp4", "mkv", "avi", "ts"], ["mov"]
        ),
        ("mpeg4.mp4", ["-c:v", "mpeg4"], ["webm", "ts"], ["mp4", "mov", "mkv", "avi"]),
        ("h264.mp4", ["-c:v", "libx264"], ["webm"], ["mp4", "mkv", "ts"]),
        ("vp9.webm", ["-c:v", "libvpx-vp9"], ["ts", "mov"], ["webm", "mp4", "mkv"]),
        // Since FFmpeg 8, MP4 holds it.
        FFmpegCommand.release < 8
            ? ("ffv1.mkv", ["-c:v", "ffv1"], ["mp4", "ts", "m3u8"], ["mkv", "avi"])
            : ("ffv1.mkv", ["-c:v", "ffv1"], ["ts"], ["mkv", "avi", "mp4"]),
    ]

    @Test("codecs that a container cannot hold, or does not give back", arguments: 0..<6)
    func codecs(index: Int) async throws {
        let (file, flags, refused, taken) = Self.pairs[index]
        try await withTemporaryDirectory { folder in
            let made = try CommandRun.tool(
                "ffmpeg",
                ["-v", "error"] + Self.source + ["-frames:v", "5"] + flags + [file],
                in: folder
            )
            try #require(made.status == 0, "\(made.errors)")
            try Self.ingest(file, to: "s", "packets", in: folder)
            let copy = ["--codec", "copy"]
            for container in refused {
                let words = ["\(container) cannot hold", "encodes anew"]
                try Self.expectRefusal("s", to: "o.\(container)", copy, words, in: folder)
            }
            for container in taken {
                let run = try CommandRun.sprocket(
                    ["export", "video", "s", "--to", "o.\(container)"] + copy,
                    in: folder
                )
                #expect(run.status == 0, "\(container): \(run.errors)")
                let pixels = ["-fps_mode", "passthrough", "-f", "md5", "-"]
                let found = try ["o.\(container)", file].map { name in
                    try CommandRun.tool("ffmpeg", ["-v", "error", "-i", name] + pixels, in: folder)
                        .text
                }
                #expect(found[0] == found[1], "\(container)")
            }
        }
    }
}
