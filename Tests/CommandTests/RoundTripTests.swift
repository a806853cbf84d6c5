import Foundation
import TestSupport
import Testing

@Suite("what goes in comes out", .serialized)
struct RoundTripTests {
    /// The frames of a file as `ffmpeg` gives them out.
    private static func reference(_ file: String, in folder: URL) throws -> Data {
        let run = try CommandRun.tool(
            "ffmpeg",
            "-v",
            "error",
            "-noautorotate",
            "-i",
            file,
            "-map",
            "0:v:0",
            "-fps_mode",
            "passthrough",
            "-noautoscale",
            "-f",
            "rawvideo",
            "-",
            in: folder
        )
        try #require(run.status == 0)
        return run.output
    }

    @Test("every frame of a clip comes back bit for bit", arguments: ["raw", "packets"])
    func clip(payload: String) async throws {
        try await withTemporaryDirectory { folder in
            #expect(
                try CommandRun.sprocket("sample", "c.mp4", "--frames", "40", in: folder).status == 0
            )
            let ingest = try CommandRun.sprocket(
                "ingest",
                "c.mp4",
                "--to",
                "s",
                "--payload",
                payload,
                in: folder
            )
            #expect(ingest.status == 0, "\(ingest.errors)")
            let cat = try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder)
            #expect(cat.output == (try Self.reference("c.mp4", in: folder)))
            #expect(try CommandRun.sprocket("verify", "s", in: folder).status == 0)
        }
    }

    @Test("y4m is read by ffmpeg to the same frames")
    func y4m() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "30", in: folder)
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let cat = try CommandRun.sprocket("cat", "s", "--as", "y4m", in: folder)
            try cat.output.write(to: folder.appendingPathComponent("s.y4m"))
            #expect(
                try Self.reference("s.y4m", in: folder) == (try Self.reference("c.mp4", in: folder))
            )
        }
    }

    @Test("selected frames are those, and no others")
    func selection() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "50", in: folder)
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let all = try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder).output
            let size = all.count / 50
            func frames(_ numbers: [Int]) -> Data {
                numbers.reduce(into: Data()) { $0 += all[($1 - 1) * size..<$1 * size] }
            }
            let cases: [([String], [Int])] = [
                (["--frames", "10..12"], [10, 11, 12]), (["--frames", "50.."], [50]),
                (["--time", "0.4..0.48"], [11, 12]), (["--at", "1.01"], [26]),
                (["--every", "20"], [1, 21, 41]), (["--rate", "1"], [1, 26]),
                (["--first", "2"], [1, 2]), (["--last", "2"], [49, 50]),
                (["--keyframes"], [1]),
            ]
            for (flags, numbers) in cases {
                let cat = try CommandRun.sprocket(["cat", "s", "--as", "raw"] + flags, in: folder)
                #expect(cat.status == 0, "\(flags): \(cat.errors)")
                #expect(cat.output == frames(numbers), "\(flags)")
            }
        }
    }

    @Test("several inputs go into one stream, and a second run adds nothing")
    func severalInputs() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "a.mp4", "--frames", "10", in: folder)
            _ = try CommandRun.sprocket("sample", "b.mkv", "--frames", "12", in: folder)
            for _ in 1...2 {
                let run = try CommandRun.sprocket(
                    "ingest",
                    "a.mp4",
                    "b.mkv",
                    "--to",
                    "s",
                    in: folder
                )
                #expect(run.status == 0)
            }
            let info = try CommandRun.sprocket("info", "s", "--json", in: folder)
            #expect(info.text.contains("\"frames\":22,"), "\(info.text)")
        }
    }

    @Test("images are exported once, and listed")
    func images() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "20", in: folder)
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            for _ in 1...2 {
                let run = try CommandRun.sprocket("export", "images", "s", "--to", "i", in: folder)
                #expect(run.status == 0, "\(run.errors)")
            }
            let images = folder.appendingPathComponent("i")
            let names = try FileManager.default.contentsOfDirectory(atPath: images.path).sorted()
            #expect(names == (1...20).map { String(format: "%06d.png", $0) } + ["manifest.ndjson"])
            let manifest = try String(
                contentsOf: images.appendingPathComponent("manifest.ndjson"),
                encoding: .utf8
            )
            #expect(manifest.split(separator: "\n").count == 21)
            let size = try CommandRun.tool(
                "ffprobe",
                "-v",
                "error",
                "-show_entries",
                "stream=width,height",
                "-of",
                "csv=p=0",
                "i/000007.png",
                in: folder
            )
            #expect(size.text == "640,360\n")
        }
    }

    private static let media = ProcessInfo.processInfo.environment["SPROCKET_MEDIA"]

    @Test(
        "real clips come back as ffmpeg decodes them",
        .enabled(if: media != nil, "SPROCKET_MEDIA names no folder of real clips"),
        arguments: [
            "bigbuckbunny.mp4", "bikes.mp4", "nasa_13013.mp4", "h265_10bits.mp4", "rotated_90.mov",
        ]
    )
    func realClip(name: String) async throws {
        let file = try #require(Self.media) + "/" + name
        try await withTemporaryDirectory { folder in
            let reference = try Self.reference(file, in: folder)
            for payload in ["raw", "packets"] {
                let run = try CommandRun.sprocket(
                    "ingest",
                    file,
                    "--to",
                    payload,
                    "--payload",
                    payload,
                    in: folder
                )
                #expect(run.status == 0, "\(run.errors)")
                let cat = try CommandRun.sprocket("cat", payload, "--as", "raw", in: folder)
                #expect(cat.output == reference, "\(payload)")
            }
        }
    }

    @Test(
        "a damaged clip keeps what decodes, marks it, and says so",
        .enabled(if: media != nil, "SPROCKET_MEDIA names no folder of real clips")
    )
    func damagedClip() async throws {
        let file = try #require(Self.media) + "/corrupted.mp4"
        try await withTemporaryDirectory { folder in
            let run = try CommandRun.sprocket(
                "ingest",
                file,
                "--to",
                "s",
                "--decoder-threads",
                "1",
                "--json",
                in: folder
            )
            #expect(run.status == 3)
            #expect(run.text.contains("\"frames\":49,"))
            let info = try CommandRun.sprocket("info", "s", "--json", in: folder).text
            #expect(!info.contains("\"gaps\":0,"))
            #expect(!info.contains("\"corruptFrames\":0,"))
        }
    }
}
