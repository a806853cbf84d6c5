import Foundation
import TestSupport
import Testing

@Suite("a video holds what the stream holds")
struct VideoExportTests {
    /// Runs `ffmpeg`, which has to succeed.
    @discardableResult
    private static func ffmpeg(_ arguments: [String], in folder: URL) throws -> CommandRun {
        let run = try CommandRun.tool("ffmpeg", ["-v", "error"] + arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run
    }

    private static func sprocket(_ arguments: String..., in folder: URL) throws -> CommandRun {
        let run = try CommandRun.sprocket(arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run
    }

    /// Presentation times and durations in the order of showing.
    private static func times(_ file: String, in folder: URL) throws -> [[Double]] {
        let run = try CommandRun.tool(
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "packet=pts_time,duration_time",
            "-of",
            "csv=p=0",
            file,
            in: folder
        )
        return run.text.split(separator: "\n").map { line in
            line.split(separator: ",").compactMap { Double($0) }
        }.sorted { $0[0] < $1[0] }
    }

    private static func frames(_ file: String, _ flags: String..., in folder: URL) throws -> Data {
        try ffmpeg(
            ["-i", file] + flags + ["-fps_mode", "passthrough", "-f", "rawvideo", "-"],
            in: folder
        ).output
    }

    /// Frames at 25 a second, with a hole of three seconds behind the tenth.
    private static let variableRate = [
        "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=0.8", "-vf",
        "setpts='(N+if(gt(N,9),75,0)+if(gt(N,14),N-14,0))/25/TB',"
            + "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
        "-fps_mode", "vfr", "-c:v",
        "libx264", "-bf", "2", "-g", "5", "-colorspace", "bt709", "-color_primaries", "bt709",
        "-color_trc", "bt709", "-color_range", "tv", "-aspect", "2:1",
    ]

    @Test(
        "times, tags and rotation are those of the source, frame by frame",
        arguments: ["mp4", "mov"],
        ["raw", "packets"]
    )
    func exactness(container: String, payload: String) async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(Self.variableRate + ["u.mp4"], in: folder)
            try Self.ffmpeg(FFmpegCommand.turning("u.mp4", by: 90, to: "c.mp4"), in: folder)
            _ = try Self.sprocket("ingest", "c.mp4", "--to", "s", "--payload", payload, in: folder)
            let flags = payload == "raw" ? ["--preset", "ultrafast"] : ["--codec", "copy"]
            let run = try CommandRun.sprocket(
                ["export", "video", "s", "--to", "o.\(container)"] + flags,
                in: folder
            )
            #expect(run.status == 0, "\(run.errors)")
            let (was, found) = try (
                Self.times("c.mp4", in: folder), Self.times("o.\(container)", in: folder)
            )
            #expect(found.map { $0[0] } == was.map { $0[0] })
            // An encoder without reordered pictures spreads decode times, and so durations, anew.
            if payload == "packets" { #expect(found == was) }
            let shown = try ["c.mp4", "o.\(container)"].map { file in
                try CommandRun.tool(
                    "ffprobe",
                    [
                        "-v", "error", "-show_entries",
                        "stream=width,height,color_range,color_space,color_transfer,"
                            + "color_primaries,sample_aspect_ratio:stream_side_data=rotation",
                        "-of", "csv=p=0", file,
                    ],
                    in: folder
                ).text
            }
            #expect(shown[0] == shown[1] && shown[0].contains("bt709"), "\(shown)")
            #expect(shown[0].contains("90"), "\(shown)")
        }
    }

    @Test("Matroska keeps times to half a millisecond, and says what it loses")
    func matroska() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=30000/1001:duration=1", "-c:v",
                    "libx264", "c.mp4",
                ],
                in: folder
            )
            _ = try Self.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let run = try Self.sprocket("export", "video", "s", "--to", "o.mkv", in: folder)
            #expect(run.errors.contains("rounded to milliseconds"), "\(run.errors)")
            let (was, found) = try (
                Self.times("c.mp4", in: folder), Self.times("o.mkv", in: folder)
            )
            try #require(was.count == 30 && found.count == 30)
            for (left, right) in zip(was, found) { #expect(abs(left[0] - right[0]) < 0.000501) }
        }
    }

    @Test(
        "FFV1 gives back every number, of formats that it has and of those that it lacks",
        arguments: [
            ("yuv420p", "yuv420p"), ("yuv422p", "yuv422p"), ("yuv444p10le", "yuv444p10le"),
            ("yuv420p10le", "yuv420p10le"), ("gray", "gray"), ("gray16le", "gray16le"),
            ("nv12", "yuv420p"), ("p010le", "yuv420p10le"), ("rgb24", "bgr0"), ("gbrp", "bgr0"),
            ("uyvy422", "yuv422p"), ("pal8", "bgra"),
        ]
    )
    func lossless(format: String, coded: String) async throws {
        try await withTemporaryDirectory { folder in
            let isPalette = format == "pal8"
            try Self.ffmpeg(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=5:duration=0.6", "-pix_fmt",
                    isPalette ? "pal8" : "yuv444p",
                ] + (isPalette ? ["-frames:v", "1", "c.png"] : ["-c:v", "ffv1", "c.mkv"]),
                in: folder
            )
            let source = isPalette ? ["c.png"] : ["c.mkv", "--pixel-format", format]
            _ = try CommandRun.sprocket(["ingest"] + source + ["--to", "s"], in: folder)
            _ = try Self.sprocket(
                "export",
                "video",
                "s",
                "--to",
                "o.mkv",
                "--codec",
                "ffv1",
                in: folder
            )
            let raw = try Self.sprocket("cat", "s", "--as", "raw", in: folder).output
            try raw.write(to: folder.appendingPathComponent("raw"))
            // The fourth byte of bgr0 is nothing.
            let compared = coded == "bgr0" ? "bgr24" : coded
            let expected = try Self.ffmpeg(
                [
                    "-f", "rawvideo", "-pix_fmt", format, "-s", "96x64", "-i", "raw", "-pix_fmt",
                    compared, "-f", "rawvideo", "-",
                ],
                in: folder
            ).output
            #expect(try Self.frames("o.mkv", "-pix_fmt", compared, in: folder) == expected)
            let kind = try CommandRun.tool(
                "ffprobe",
                ["-v", "error", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0", "o.mkv"],
                in: folder
            )
            #expect(kind.text == "\(coded)\n")
        }
    }

    @Test("packets are copied as they are, edit list and reordered pictures included")
    func copies() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(Self.variableRate + ["u.mp4"], in: folder)
            // A cut inside a group of pictures leaves frames that are decoded and not shown.
            try Self.ffmpeg(["-ss", "0.08", "-i", "u.mp4", "-c", "copy", "c.mp4"], in: folder)
            _ = try Self.sprocket(
                "ingest",
                "c.mp4",
                "--to",
                "s",
                "--payload",
                "packets",
                in: folder
            )
            let bytes = ["-c", "copy", "-f", "md5", "-"]
            let expected = try Self.ffmpeg(["-i", "c.mp4"] + bytes, in: folder).text
            // Where there are no edit lists, those frames are shown, and that is said.
            for (container, status) in [("mp4", 0), ("mov", 0), ("mkv", 3), ("m3u8", 3)] {
                let file = "o.\(container)"
                try ContainerTools.sprocket(
                    "export video s --to \(file) --codec copy",
                    in: folder,
                    status: Int32(status)
                )
                #expect(
                    try Self.ffmpeg(["-i", file] + bytes, in: folder).text == expected,
                    "\(container)"
                )
            }
            #expect(try Self.frames("o.mp4", in: folder) == Self.frames("c.mp4", in: folder))
        }
    }

    @Test(
        "a clip is exact to the frame, and whole groups of pictures are as they were",
        arguments: [("libx264", "mp4"), ("libx264", "mkv"), ("libx265", "mp4"), ("libx264", "ts")]
    )
    func clips(encoder: String, container: String) async throws {
        try await withTemporaryDirectory { folder in
            let closed = "open-gop=0:keyint=10:min-keyint=10:scenecut=0:log-level=error"
            let name = encoder == "libx264" ? "-x264-params" : "-x265-params"
            try Self.ffmpeg(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2", "-c:v", encoder,
                    "-bf", "2", name, encoder == "libx264" ? "open-gop=0:scenecut=0" : closed,
                    "-g", "10", "-pix_fmt", "yuv420p", "c.mp4",
                ],
                in: folder
            )
            _ = try Self.sprocket(
                "ingest",
                "c.mp4",
                "--to",
                "s",
                "--payload",
                "packets",
                in: folder
            )
            let file = "o.\(container)"
            let run = try Self.sprocket(
                "export",
                "video",
                "s",
                "--to",
                file,
                "--codec",
                "copy",
                "--clip",
                "0.6..1.52",
                in: folder
            )
            // Frames 16 to 38: groups of ten, of which the third is whole.
            #expect(run.errors.contains("13 frames at the edges"), "\(run.errors)")
            let size = 96 * 64 * 3 / 2
            let whole = try Self.frames("c.mp4", in: folder)
            let found = try Self.frames(file, in: folder)
            try #require(found.count == 23 * size)
            #expect(found[(5 * size)..<(15 * size)] == whole[(20 * size)..<(30 * size)])
            let times = try Self.times(file, in: folder).map { $0[0] }
            try #require(times.count == 23)
            for (index, time) in times.enumerated() {
                #expect(abs(time - times[0] - Double(index) / 25) < 0.000501)
            }
            if container != "ts" { #expect(times[0] == 0.6) }
            // The edges show what the source shows there.
            for (place, frame) in [(0, 15), (22, 37)] {
                let pair = zip(found[(place * size)...], whole[(frame * size)...]).prefix(size)
                let difference = pair.reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                #expect(difference < 4 * size, "frame \(frame + 1): \(difference)")
            }
        }
    }

    @Test("odd sides are refused with the flag that helps, or padded")
    func oddSides() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ffmpeg(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=5:duration=0.6", "-vf",
                    "scale=97:65,format=yuv420p", "-c:v", "ffv1", "c.mkv",
                ],
                in: folder
            )
            _ = try Self.sprocket("ingest", "c.mkv", "--to", "s", in: folder)
            let refused = try CommandRun.sprocket(
                "export",
                "video",
                "s",
                "--to",
                "o.mp4",
                in: folder
            )
            #expect(refused.status == 64 && refused.errors.contains("--pad"), "\(refused.errors)")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!left.contains { $0.contains("o.mp4") }, "\(left)")
            let flags = ["--pad", "--option", "crf=0"]
            let run = try CommandRun.sprocket(
                ["export", "video", "s", "--to", "o.mp4"] + flags,
                in: folder
            )
            #expect(run.status == 0, "\(run.errors)")
            let crop = ["-vf", "crop=97:65:0:0:exact=1"]
            let found = try Self.ffmpeg(
                ["-i", "o.mp4"] + crop + ["-f", "rawvideo", "-"],
                in: folder
            ).output
            #expect(try found == Self.frames("c.mkv", in: folder))
        }
    }

    @Test("what exists stays, and what makes no sense is said")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            _ = try Self.sprocket("sample", "c.mp4", "--frames", "5", in: folder)
            _ = try Self.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let cases: [([String], Int32, String)] = [
                (["--to", "c.mp4"], 73, "--force"), (["--to", "o.xyz"], 64, "no kind of video"),
                (["--to", "o.mp4", "--codec", "nothing"], 64, "no encoder"),
                (["--to", "o.mp4", "--codec", "copy"], 64, "picture, not a packet"),
                (["--to", "o.mp4", "--codec", "copy", "--size", "10x10"], 64, "--size"),
                (["--to", "o.mp4", "--codec", "copy", "--every", "2"], 64, "groups of pictures"),
                (["--to", "o.mkv", "--codec", "ffv1", "--quality", "5"], 64, "--quality"),
                (["--to", "o.mp4", "--clip", "1..2"], 64, "--codec copy"),
                (["--to", "o.ts", "--codec", "ffv1"], 64, "ts cannot hold ffv1"),
            ]
            for (flags, status, words) in cases {
                let run = try CommandRun.sprocket(["export", "video", "s"] + flags, in: folder)
                #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
            }
        }
    }

    @Test("a stream with a damaged frame gives the others, and status 3")
    func gaps() async throws {
        try await withTemporaryDirectory { folder in
            _ = try Self.sprocket(
                "sample",
                "c.mp4",
                "--frames",
                "6",
                "--size",
                "96x64",
                in: folder
            )
            _ = try Self.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let whole = try Self.sprocket("cat", "s", "--as", "raw", in: folder).output
            let size = whole.count / 6
            let segment = folder.appendingPathComponent(
                "s/\(String(repeating: "0", count: 20)).segment"
            )
            var bytes = try Data(contentsOf: segment)
            let place = try #require(bytes.range(of: whole[size..<2 * size]))
            bytes[place.lowerBound + 100] ^= 1
            try bytes.write(to: segment)
            let run = try CommandRun.sprocket("export", "video", "s", "--to", "o.mp4", in: folder)
            #expect(run.status == 3 && run.errors.contains("frame 2"), "\(run.errors)")
            let times = try Self.times("o.mp4", in: folder).map { $0[0] }
            #expect(times == [0, 0.08, 0.12, 0.16, 0.2])
        }
    }
}
