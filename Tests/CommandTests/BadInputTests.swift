import Foundation
import TestSupport
import Testing

@Suite("bad input ends in one clear line and the right status")
struct BadInputTests {
    @Test("inputs that cannot be used")
    func inputs() async throws {
        try await withTemporaryDirectory { folder in
            let files = FileManager.default
            try files.createDirectory(
                at: folder.appendingPathComponent("folder"),
                withIntermediateDirectories: false
            )
            _ = files.createFile(atPath: folder.path + "/empty", contents: nil)
            try Data("hello\n".utf8).write(to: folder.appendingPathComponent("text"))
            _ = try CommandRun.tool(
                "ffmpeg",
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "sine=d=0.2",
                "a.wav",
                in: folder
            )
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "10", in: folder)
            let whole = try Data(contentsOf: folder.appendingPathComponent("c.mp4"))
            try whole.prefix(whole.count / 2).write(to: folder.appendingPathComponent("cut.mp4"))
            let image = Data("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic\0\0\0\u{08}mdat".utf8)
            try image.write(to: folder.appendingPathComponent("cut.heic"))
            let cases: [(String, Int32, String)] = [
                ("cut.heic", 65, "is a HEIF image"), ("nothing", 66, "there is no file nothing"),
                ("folder", 66, "is a folder"),
                ("empty", 65, "is empty"), ("text", 65, "no media"),
                ("a.wav", 65, "has no video stream"), ("cut.mp4", 65, "cut off before its index"),
                ("n_%03d.png", 66, "no file matches"),
            ]
            for (input, status, words) in cases {
                let run = try CommandRun.sprocket("ingest", input, "--to", "s", in: folder)
                #expect(run.status == status, "\(input): \(run.errors)")
                #expect(run.errors.contains(words), "\(input): \(run.errors)")
                #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
                #expect(!files.fileExists(atPath: folder.path + "/s"), "\(input) leaves a stream")
            }
        }
    }

    @Test(
        "flags that make no sense are usage errors",
        arguments: [
            ["ingest", "c", "--to", "s", "--bogus"], ["ingest", "c", "--to", "ftp:x"],
            ["ingest", "c", "--to", "s", "--payload", "packets", "--size", "2x2"],
            ["ingest", "c", "--to", "s", "--payload", "packets", "--every", "2"],
            ["ingest", "c", "--to", "s", "--every", "2", "--rate", "2"],
            ["cat", "s", "--frames", "5..3"], ["cat", "s", "--time", "2..1"],
            ["cat", "s", "--at", "1", "--first", "2"],
            ["cat", "s", "--as", "ndjson", "--size", "2x2"],
            ["export", "images", "s", "--to", "i", "--name", "same.png"],
            ["export", "images", "s", "--to", "i", "--name", "../{sequence}.png"],
        ]
    )
    func usage(arguments: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let run = try CommandRun.sprocket(arguments, in: folder)
            #expect(run.status == 64 || run.status == 66, "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
            // An input that is missing may be noticed first only where the flags are sound.
            if arguments[3...].contains(where: { $0.hasPrefix("--") && $0 != "--to" }) {
                #expect(run.status == 64)
            }
        }
    }

    @Test("an MP4 with its index at the end needs a seekable file, and a Matroska file does not")
    func pipes() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "200", in: folder)
            _ = try CommandRun.sprocket("sample", "c.mkv", "--frames", "10", in: folder)
            let program = CommandRun.program.path
            let mp4 = try CommandRun.tool(
                "sh",
                "-c",
                "cat c.mp4 | '\(program)' ingest - --to a",
                in: folder
            )
            #expect(mp4.status == 65)
            #expect(mp4.errors.contains("needs a seekable file"))
            let mkv = try CommandRun.tool(
                "sh",
                "-c",
                "cat c.mkv | '\(program)' ingest - --to b",
                in: folder
            )
            #expect(mkv.status == 0, "\(mkv.errors)")
        }
    }

    @Test("a picture above the limit is refused, and the flag is named")
    func largePicture() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.tool(
                "ffmpeg",
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=400x300",
                "-frames:v",
                "1",
                "p.png",
                in: folder
            )
            let refused = try CommandRun.sprocket(
                "ingest",
                "p.png",
                "--to",
                "s",
                "--max-pixels",
                "100000",
                in: folder
            )
            #expect(refused.status == 77)
            #expect(refused.errors.contains("--max-pixels"))
            let taken = try CommandRun.sprocket(
                "ingest",
                "p.png",
                "--to",
                "s",
                "--max-pixels",
                "120000",
                in: folder
            )
            #expect(taken.status == 0, "\(taken.errors)")
        }
    }

    @Test("a full output is an input/output error, a closed one is none")
    func outputs() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "10", in: folder)
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let program = CommandRun.program.path
            let full = try CommandRun.tool(
                "sh",
                "-c",
                "'\(program)' cat s --as raw > /dev/full",
                in: folder
            )
            #expect(full.status == 74)
            let closed = try CommandRun.tool(
                "bash",
                "-c",
                "set -o pipefail; '\(program)' cat s --as raw | head -c 10",
                in: folder
            )
            #expect(closed.status == 0, "\(closed.errors)")
            let existing = try CommandRun.sprocket("sample", "c.mp4", in: folder)
            #expect(existing.status == 73)
        }
    }
}
