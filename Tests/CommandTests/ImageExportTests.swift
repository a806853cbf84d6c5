import Foundation
import TestSupport
import Testing

@Suite("images show what the frames show")
struct ImageExportTests {
    private static let python = "/usr/bin/python3"
    private static let hasNumPy =
        (try? CommandRun.tool(  // No python is no NumPy.
            python,
            "-c",
            "import numpy",
            in: FileManager.default.temporaryDirectory
        ).status) == 0

    @Test(
        "colours are those that the standards compute, in 36 ways of coding them",
        .enabled(if: hasNumPy, "there is no python3-numpy")
    )
    func colors() async throws {
        let check = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Reference/color_check.py")
        try await withTemporaryDirectory { folder in
            let run = try CommandRun.tool(
                Self.python,
                check.path,
                CommandRun.program.path,
                folder.appendingPathComponent("work").path,
                in: folder
            )
            #expect(run.status == 0, "\(run.text)\(run.errors)")
            #expect(run.text.split(separator: "\n").count == 36)
        }
    }

    /// A stream of a few frames that `ffmpeg` makes with these arguments.
    private static func ingest(
        _ arguments: [String],
        of source: String = "testsrc2=size=96x64",
        in folder: URL
    ) throws {
        let source = ["-v", "error", "-f", "lavfi", "-i", "\(source):rate=5", "-t", "0.6"]
        let made = try CommandRun.tool("ffmpeg", source + arguments, in: folder)
        try #require(made.status == 0, "\(made.errors)")
        let run = try CommandRun.sprocket(
            ["ingest", try #require(arguments.last), "--to", "s"],
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
    }

    private static func pixels(_ file: String, _ format: String, in folder: URL) throws -> Data {
        let run = try CommandRun.tool(
            "ffmpeg",
            ["-v", "error", "-i", file, "-f", "rawvideo", "-pix_fmt", format, "-"],
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test(
        "lossless types have the pixels of the frame, of all depths and with alpha",
        arguments: [
            ("gbrp", "rgb24", ["png", "tiff", "bmp", "ppm"]),
            ("gbrp16le", "rgb48le", ["png", "tiff", "ppm"]),
            ("gray", "gray", ["png", "tiff", "bmp", "ppm"]),
            ("gray16le", "gray16le", ["png", "tiff", "ppm"]),
            ("gbrap", "rgba", ["png", "tiff", "bmp"]),
        ]
    )
    func lossless(format: String, shown: String, types: [String]) async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(["-pix_fmt", format, "-c:v", "ffv1", "c.mkv"], in: folder)
            let expected = try Self.pixels("c.mkv", shown, in: folder)
            for type in types {
                let run = try CommandRun.sprocket(
                    ["export", "images", "s", "--to", type, "--type", type],
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
                let found = try (1...3).map {
                    try Self.pixels("\(type)/00000\($0).\(type)", shown, in: folder)
                }
                #expect(found.reduce(Data(), +) == expected, "\(type)")
            }
        }
    }

    @Test("small types are hard to tell from the frame", arguments: ["jpeg", "webp"])
    func lossy(type: String) async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(
                ["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-c:v", "ffv1", "c.mkv"],
                of: "mandelbrot=size=320x180",
                in: folder
            )
            for (to, name) in [("png", "png"), (type, type)] {
                let run = try CommandRun.sprocket(
                    ["export", "images", "s", "--to", to, "--type", name],
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
            }
            let ending = type == "jpeg" ? "jpg" : type
            let run = try CommandRun.tool(
                "ffmpeg",
                [
                    "-i", "\(type)/000001.\(ending)", "-i", "png/000001.png", "-lavfi",
                    "[0]format=gray[a];[1]format=gray[b];[a][b]ssim", "-f", "null", "-",
                ],
                in: folder
            )
            let all = try #require(run.errors.components(separatedBy: "All:").last)
            #expect(try #require(Double(all.prefix(8))) > 0.98, "\(run.errors)")
        }
    }

    @Test("green of BT.709 is green in a JPEG")
    func green() async throws {
        try await withTemporaryDirectory { folder in
            let made = try CommandRun.tool(
                "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "color=c=0x00FF00:size=64x64:rate=1",
                    "-frames:v", "1", "-vf",
                    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace",
                    "bt709", "-color_range", "tv", "-c:v", "ffv1", "c.mkv",
                ],
                in: folder
            )
            try #require(made.status == 0, "\(made.errors)")
            _ = try CommandRun.sprocket("ingest", "c.mkv", "--to", "s", in: folder)
            let run = try CommandRun.sprocket(
                ["export", "images", "s", "--to", "i", "--type", "jpeg"],
                in: folder
            )
            #expect(run.status == 0, "\(run.errors)")
            let pixel = try Self.pixels("i/000001.jpg", "rgb24", in: folder).prefix(3)
            #expect(pixel[0] <= 3 && pixel[1] >= 252 && pixel[2] <= 3, "\(Array(pixel))")
        }
    }

    @Test("pictures are turned as ffmpeg turns them, or not at all", arguments: [90, 180, 270])
    func turning(degrees: Int) async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(["-pix_fmt", "yuv420p", "-c:v", "libx264", "u.mp4"], in: folder)
            let turned = try CommandRun.tool(
                "ffmpeg",
                ["-v", "error"] + FFmpegCommand.turning("u.mp4", by: degrees, to: "c.mp4"),
                in: folder
            )
            try #require(turned.status == 0, "\(turned.errors)")
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "t", in: folder)
            for (target, flags) in [("turned", []), ("stored", ["--no-rotate"])] {
                let run = try CommandRun.sprocket(
                    ["export", "images", "t", "--to", target, "--first", "1"] + flags,
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
            }
            let stored = try Self.pixels("stored/000001.png", "rgb24", in: folder)
            // FFmpeg writes a matrix that turns the other way round.
            let filter = [90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"]
            let expected = try CommandRun.tool(
                "ffmpeg",
                [
                    "-v", "error", "-i", "stored/000001.png", "-vf",
                    try #require(filter[degrees]), "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                ],
                in: folder
            ).output
            let found = try Self.pixels("turned/000001.png", "rgb24", in: folder)
            #expect(found == expected && found != stored)
        }
    }

    @Test("HDR is kept and said, mapped, or refused")
    func highDynamicRange() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(
                [
                    // Since FFmpeg 7 the command takes tags from pictures, not from flags.
                    "-vf", "setparams=color_primaries=bt2020:color_trc=smpte2084",
                    "-pix_fmt", "yuv420p10le", "-colorspace", "bt2020nc", "-color_primaries",
                    "bt2020", "-color_trc", "smpte2084", "-c:v", "ffv1", "c.mkv",
                ],
                in: folder
            )
            func export(_ name: String, _ flags: String...) throws -> CommandRun {
                try CommandRun.sprocket(
                    ["export", "images", "s", "--to", name] + flags,
                    in: folder
                )
            }
            #expect(try export("keep").status == 0)
            #expect(try export("map", "--hdr", "tonemap").status == 0)
            let refused = try export("no", "--hdr", "reject")
            #expect(refused.status == 77 && refused.errors.contains("--hdr"), "\(refused.errors)")
            func file(_ name: String) throws -> Data {
                try Data(contentsOf: folder.appendingPathComponent("\(name)/000001.png"))
            }
            // cICP: BT.2020, PQ, RGB, full range; and sRGB once it is mapped.
            #expect(try file("keep").range(of: Data("cICP".utf8) + [9, 16, 0, 1]) != nil)
            #expect(try file("map").range(of: Data("cICP".utf8) + [1, 13, 0, 1]) != nil)
        }
    }

    @Test("a dry run says what is written then, and writes nothing")
    func dryRun() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(["-pix_fmt", "yuv420p", "-c:v", "ffv1", "c.mkv"], in: folder)
            let run = try CommandRun.sprocket(
                ["export", "images", "s", "--to", "i", "--dry-run"],
                in: folder
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.text.hasPrefix("3 images of 96x64, about "), "\(run.text)")
            #expect(run.text.contains("from 000001.png to 000003.png"), "\(run.text)")
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/i"))
        }
    }

    @Test("a contact sheet holds the frames in order")
    func contactSheet() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(["-pix_fmt", "gbrp", "-c:v", "ffv1", "c.mkv"], in: folder)
            for flags in [["--contact-sheet", "2x2", "--size", "96x64"], []] {
                let target = flags.isEmpty ? "frames" : "sheet"
                let run = try CommandRun.sprocket(
                    ["export", "images", "s", "--to", target] + flags,
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
            }
            let tiled = try CommandRun.tool(
                "ffmpeg",
                [
                    "-v", "error", "-i", "frames/%06d.png", "-vf", "tile=2x2", "-frames:v", "1",
                    "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                ],
                in: folder
            ).output
            #expect(try Self.pixels("sheet/000001.png", "rgb24", in: folder) == tiled)
        }
    }
}
