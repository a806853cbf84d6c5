import Foundation
import TestSupport
import Testing

@Suite("a file is left out only if it is the same file")
struct IdentityTests {
    /// Pictures of the clips: enough that their middle lies in neither end that is looked at first.
    private static let frameCount = 12
    private static let frameByteCount = 160 * 120 * 3 / 2

    /// A clip `a.y4m`.
    private static func makeClip(in folder: URL) throws -> Data {
        let run = try CommandRun.tool(
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=160x120:rate=25",
            "-frames:v",
            "\(frameCount)",
            "-pix_fmt",
            "yuv420p",
            "a.y4m",
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
        return try Data(contentsOf: folder.appendingPathComponent("a.y4m"))
    }

    /// The clip with one byte changed in the middle of its picture `number`, from 1.
    private static func changed(_ clip: Data, frame number: Int) -> Data {
        var clip = clip
        let recordByteCount = frameByteCount + "FRAME\n".utf8.count
        let start = clip.count - frameCount * recordByteCount
        clip[start + (number - 1) * recordByteCount + recordByteCount / 2] ^= 0x10
        return clip
    }

    private static func write(_ bytes: Data, _ name: String, in folder: URL) throws {
        try bytes.write(to: folder.appendingPathComponent(name))
    }

    /// Ingests, and says how many frames the stream has then.
    private static func ingest(
        _ names: [String],
        to stream: String = "s",
        _ options: [String] = [],
        status: Int32 = 0,
        in folder: URL
    ) throws -> (run: CommandRun, frameCount: Int) {
        let run = try CommandRun.sprocket(
            ["ingest"] + names + ["--to", stream, "--json"] + options,
            in: folder
        )
        #expect(run.status == status, "\(names): \(run.errors)")
        let info = try CommandRun.sprocket("info", stream, "--json", in: folder).text
        let count = info.firstMatch(of: /"frames":(\d+)/).flatMap { Int($0.1) }
        return (run, try #require(count, "\(info)"))
    }

    @Test("the same bytes are the same file under any name; one byte in the middle makes another")
    func content() async throws {
        try await withTemporaryDirectory { folder in
            let clip = try Self.makeClip(in: folder)
            try Self.write(Self.changed(clip, frame: 6), "b.y4m", in: folder)
            try Self.write(clip, "copy.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m", "b.y4m"], in: folder).frameCount == 24)
            let copied = try Self.ingest(["copy.y4m"], in: folder)
            #expect(copied.frameCount == 24)
            #expect(copied.run.text.contains("\"knownBy\":\"content\""), "\(copied.run.text)")
            #expect(copied.run.errors.contains("already as a.y4m"), "\(copied.run.errors)")
            // Other times alone make no other file, and do not pass for the same one either.
            for name in ["a.y4m", "b.y4m"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1)],
                    ofItemAtPath: folder.appendingPathComponent(name).path
                )
            }
            let touched = try Self.ingest(["b.y4m", "a.y4m"], in: folder)
            #expect(touched.frameCount == 24)
            #expect(touched.run.text.matches(of: /"knownBy":"content"/).count == 2)
            try Self.write(Self.changed(clip, frame: 7), "a.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m"], in: folder).frameCount == 36)
            let short = clip.dropLast(Self.frameByteCount + "FRAME\n".utf8.count)
            try Self.write(short, "a.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m"], in: folder).frameCount == 47)
            try Self.write(clip + clip.suffix(Self.frameByteCount + 6), "a.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m"], in: folder).frameCount == 60)
            #expect(try CommandRun.sprocket("verify", "s", in: folder).status == 0)
        }
    }

    @Test("a file to which nobody wrote is not read, unless that is asked for")
    func unchanged() async throws {
        try await withTemporaryDirectory { folder in
            let clip = try Self.makeClip(in: folder)
            let path = folder.appendingPathComponent("a.y4m").path
            var knownBy = ""
            // The first may come too soon behind the writing of the file to be sure.
            for stream in ["s", "t", "u", "v", "w", "x", "y", "z"] where knownBy != "unchanged" {
                _ = try Self.ingest(["a.y4m"], to: stream, in: folder)
                let again = try Self.ingest(["a.y4m"], to: stream, in: folder)
                #expect(again.frameCount == 12)
                knownBy = again.run.text.contains("unchanged") ? "unchanged" : "content"
                let careful = ["--check-content"]
                let checked = try Self.ingest(["a.y4m"], to: stream, careful, in: folder)
                #expect(checked.frameCount == 12 && checked.run.text.contains("\"content\""))
            }
            #expect(knownBy == "unchanged")
            // The time of modification can be set back, that of change cannot.
            let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try handle.write(contentsOf: Self.changed(clip, frame: 6))
            try handle.close()
            try FileManager.default.setAttributes(
                [.modificationDate: try #require(date)],
                ofItemAtPath: path
            )
            #expect(try Self.ingest(["a.y4m"], in: folder).frameCount == 24)
        }
    }

    @Test(
        "an interrupted ingest goes on if its last frame comes again, and else starts anew",
        arguments: [[], ["--size", "80x60"], ["--payload", "packets"]]
    )
    func resume(options: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let clip = try Self.makeClip(in: folder)
            _ = try Self.ingest(["a.y4m"], to: "whole", options, in: folder)
            for name in ["same", "other"] {
                try await StreamRewriting.copy("whole", to: name, in: folder, frameCount: 6)
            }
            #expect(try Self.ingest(["a.y4m"], to: "same", options, in: folder).frameCount == 12)
            let frames = try ["whole", "same"].map { stream in
                try CommandRun.sprocket("cat", stream, "--as", "raw", in: folder).output
            }
            #expect(frames[0] == frames[1])
            try Self.write(Self.changed(clip, frame: 6), "a.y4m", in: folder)
            let other = try Self.ingest(["a.y4m"], to: "other", options, in: folder)
            #expect(other.frameCount == 18)
            #expect(other.run.errors.contains("stored from its start"), "\(other.run.errors)")
            #expect(try CommandRun.sprocket("verify", "other", in: folder).status == 0)
        }
    }

    @Test("a source of an older stream is recognised by its ends, and that is said")
    func oldStream() async throws {
        try await withTemporaryDirectory { folder in
            let clip = try Self.makeClip(in: folder)
            _ = try Self.ingest(["a.y4m"], to: "new", in: folder)
            try await StreamRewriting.copy("new", to: "s", in: folder, notesFiles: false)
            let known = try Self.ingest(["a.y4m"], in: folder)
            #expect(known.frameCount == 12)
            #expect(known.run.errors.contains("first and last 64 KiB"), "\(known.run.errors)")
            try Self.write(Self.changed(clip, frame: 1), "a.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m"], in: folder).frameCount == 24)
            try Self.write(clip, "a.y4m", in: folder)
            #expect(try Self.ingest(["a.y4m"], ["--check-content"], in: folder).frameCount == 36)
            let again = try Self.ingest(["a.y4m"], in: folder)
            #expect(again.frameCount == 36)
            #expect(!again.run.errors.contains("64 KiB"), "\(again.run.errors)")
        }
    }
}
