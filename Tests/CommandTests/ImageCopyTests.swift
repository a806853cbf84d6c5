import Foundation
import TestSupport
import Testing

@Suite("image files leave as the bytes that came")
struct ImageCopyTests {
    private static func make(_ arguments: [String], in folder: URL) throws {
        let source = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=5"]
        let made = try CommandRun.tool("ffmpeg", source + arguments, in: folder)
        try #require(made.status == 0, "\(made.errors)")
    }

    private static func data(_ name: String, in folder: URL) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    @discardableResult
    private static func done(_ arguments: [String], in folder: URL) throws -> CommandRun {
        let run = try CommandRun.sprocket(arguments, in: folder)
        #expect(run.status == 0, "\(arguments): \(run.errors)")
        return run
    }

    @Test("photographs of all kinds, with bytes behind their ends")
    func files() async throws {
        try await withTemporaryDirectory { folder in
            let kinds = ["png", "jpg", "bmp", "tiff", "gif", "webp"]
            var names: [String] = []
            for kind in kinds {
                try Self.make(["-frames:v", "1", "-update", "1", "a.\(kind)"], in: folder)
                let file = try Self.data("a.\(kind)", in: folder)
                let longer = file + Data("fourteen bytes".utf8)
                try longer.write(to: folder.appendingPathComponent("b.\(kind)"))
                names += ["a.\(kind)", "b.\(kind)"]
            }
            try Self.done(["ingest", "--payload", "packets", "--to", "s"] + names, in: folder)
            try Self.done(
                ["export", "images", "s", "--to", "out", "--type", "copy"],
                in: folder
            )
            for (index, name) in names.enumerated() {
                let number = String(format: "%06d", index + 1)
                let ending = name.split(separator: ".")[1]
                let copy = try Self.data("out/\(number).\(ending)", in: folder)
                #expect(try copy == Self.data(name, in: folder), "\(name)")
            }
            let ledger = try Self.data("out/manifest.ndjson", in: folder)
            let lines = String(decoding: ledger, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == names.count + 1)
            #expect(lines[1].contains(#""file":"000001.png""#), "\(lines[1])")
            // What is behind an image is no second picture, in neither kind of stream.
            try Self.done(["ingest", "--to", "r"] + names, in: folder)
            let raw = try Self.done(["cat", "r", "--as", "raw"], in: folder).output
            #expect(try Self.done(["cat", "s", "--as", "raw"], in: folder).output == raw)
            try Self.done(["export", "images", "s", "--to", "png"], in: folder)
            try Self.done(["verify", "s", "--deep"], in: folder)
        }
    }

    @Test("numbered sequences, and images that stand in one file")
    func sequences() async throws {
        try await withTemporaryDirectory { folder in
            try Self.make(["-frames:v", "3", "i_%02d.png"], in: folder)
            let second = try Self.data("i_02.png", in: folder) + Data("behind the end".utf8)
            try second.write(to: folder.appendingPathComponent("i_02.png"))
            let ingest = ["ingest", "--payload", "packets", "--to"]
            try Self.done(ingest + ["s", "i_%02d.png"], in: folder)
            let copy = ["export", "images", "s", "--type", "copy", "--to", "o"]
            try Self.done(copy + ["--name", "{stream}-{sequence:02}.{ending}"], in: folder)
            for number in 1...3 {
                let file = try Self.data("i_0\(number).png", in: folder)
                #expect(try Self.data("o/s-0\(number).png", in: folder) == file)
            }
            let several = try Self.data("i_01.png", in: folder) + Self.data("i_03.png", in: folder)
            try several.write(to: folder.appendingPathComponent("two.png"))
            try Self.done(ingest + ["t", "two.png"], in: folder)
            try Self.done(["export", "images", "t", "--type", "copy", "--to", "p"], in: folder)
            for (copy, file) in [("000001", "i_01"), ("000002", "i_03")] {
                let wanted = try Self.data("\(file).png", in: folder)
                #expect(try Self.data("p/\(copy).png", in: folder) == wanted)
            }
        }
    }

    @Test(
        "packets of videos that are images, as ffmpeg copies them",
        arguments: [("mjpeg", "avi", "jpg"), ("png", "mov", "png"), ("mjpeg", "mov", "jpg")]
    )
    func videos(codec: String, container: String, ending: String) async throws {
        try await withTemporaryDirectory { folder in
            let name = "c.\(container)"
            try Self.make(["-frames:v", "3", "-c:v", codec, name], in: folder)
            try Self.done(["ingest", name, "--payload", "packets", "--to", "s"], in: folder)
            try Self.done(["export", "images", "s", "--type", "copy", "--to", "o"], in: folder)
            let copied = try CommandRun.tool(
                "ffmpeg",
                ["-v", "error", "-i", name, "-c", "copy", "-f", "image2", "w%06d.\(ending)"],
                in: folder
            )
            try #require(copied.status == 0, "\(copied.errors)")
            for number in 1...3 {
                let wanted = try Self.data("w00000\(number).\(ending)", in: folder)
                #expect(try Self.data("o/00000\(number).\(ending)", in: folder) == wanted)
            }
        }
    }

    @Test("what is no image file is refused with the way out, and leaves no folder")
    func refused() async throws {
        try await withTemporaryDirectory { folder in
            try Self.make(["-frames:v", "2", "c.mp4"], in: folder)
            try Self.make(["-frames:v", "2", "c.gif"], in: folder)
            try Self.done(["ingest", "c.mp4", "--to", "raw"], in: folder)
            try Self.done(["ingest", "c.mp4", "--payload", "packets", "--to", "h"], in: folder)
            try Self.done(["ingest", "c.gif", "--payload", "packets", "--to", "g"], in: folder)
            for (stream, words) in [("raw", "is raw"), ("h", "h264"), ("g", "gif")] {
                let run = try CommandRun.sprocket(
                    ["export", "images", stream, "--type", "copy", "--to", "o"],
                    in: folder
                )
                #expect(run.status == 64, "\(stream): \(run.errors)")
                #expect(run.errors.contains(words) && run.errors.contains("--type png"))
                #expect(!FileManager.default.fileExists(atPath: folder.path + "/o"), "\(stream)")
            }
            for flags in [["--size", "2x2"], ["--contact-sheet", "2x2"], ["--quality", "9"]] {
                let run = try CommandRun.sprocket(
                    ["export", "images", "h", "--type", "copy", "--to", "o"] + flags,
                    in: folder
                )
                #expect(run.status == 64 && run.errors.contains(flags[0]), "\(run.errors)")
            }
        }
    }
}
