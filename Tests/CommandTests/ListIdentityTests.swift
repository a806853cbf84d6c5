import Foundation
import TestSupport
import Testing

@Suite("a playlist or sequence is the same if all that it names is")
struct ListIdentityTests {
    private static func ffmpeg(_ arguments: [String], in folder: URL) throws {
        let run = try CommandRun.tool("ffmpeg", ["-v", "error", "-y"] + arguments, in: folder)
        try #require(run.status == 0, "\(run.errors)")
    }

    private static func makeClip(_ name: String, _ source: String, in folder: URL) throws {
        try ffmpeg(
            ["-f", "lavfi", "-i", "\(source)=size=64x48:rate=25", "-frames:v", "4"]
                + (name.hasSuffix("y4m") ? ["-pix_fmt", "yuv420p"] : []) + [name],
            in: folder
        )
    }

    /// Ingests, and says how many frames the stream has then.
    private static func ingest(_ name: String, in folder: URL) throws -> Int {
        let run = try CommandRun.sprocket("ingest", name, "--to", "s", in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let info = try CommandRun.sprocket("info", "s", "--json", in: folder).text
        return try #require(info.firstMatch(of: /"frames":(\d+)/).flatMap { Int($0.1) })
    }

    private static func replace(_ name: String, by other: String, in folder: URL) throws {
        let bytes = try Data(contentsOf: folder.appendingPathComponent(other))
        try bytes.write(to: folder.appendingPathComponent(name))
    }

    @Test("a list of files, one of which is another now")
    func concat() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeClip("a-b.y4m", "testsrc2", in: folder)
            try Self.makeClip("c.y4m", "testsrc2", in: folder)
            try Self.makeClip("other.y4m", "testsrc", in: folder)
            let list = "ffconcat version 1.0\nfile 'a-b.y4m'\nfile c.y4m\n"
            try Data(list.utf8).write(to: folder.appendingPathComponent("l.ffconcat"))
            #expect(try Self.ingest("l.ffconcat", in: folder) == 8)
            #expect(try Self.ingest("l.ffconcat", in: folder) == 8)
            try Self.replace("c.y4m", by: "other.y4m", in: folder)
            #expect(try Self.ingest("l.ffconcat", in: folder) == 16)
            #expect(try Self.ingest("l.ffconcat", in: folder) == 16)
        }
    }

    @Test("segments of HLS, one of which is another now")
    func segments() async throws {
        try await withTemporaryDirectory { folder in
            for (name, source) in [("a", "testsrc2"), ("b", "testsrc")] {
                let input = "\(source)=size=64x48:rate=25"
                try Self.ffmpeg(
                    ["-f", "lavfi", "-i", input, "-frames:v", "10", "-c:v", "mpeg2video"]
                        + ["-g", "5", "-f", "hls", "-hls_time", "0.2", "-hls_list_size", "0"]
                        + ["\(name).m3u8"],
                    in: folder
                )
            }
            #expect(try Self.ingest("a.m3u8", in: folder) == 10)
            #expect(try Self.ingest("a.m3u8", in: folder) == 10)
            try Self.replace("a1.ts", by: "b1.ts", in: folder)
            #expect(try Self.ingest("a.m3u8", in: folder) == 20)
        }
    }

    @Test("numbered images, by their contents and their numbers")
    func images() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeClip("%d.png", "testsrc2", in: folder)
            try Self.makeClip("other%d.png", "testsrc", in: folder)
            #expect(try Self.ingest("%d.png", in: folder) == 4)
            #expect(try Self.ingest("%d.png", in: folder) == 4)
            try Self.replace("3.png", by: "other3.png", in: folder)
            #expect(try Self.ingest("%d.png", in: folder) == 8)
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent("4.png"),
                to: folder.appendingPathComponent("5.png")
            )
            let run = try CommandRun.sprocket("ingest", "%d.png", "--to", "s", in: folder)
            #expect(!run.errors.contains("nothing to do"), "\(run.errors)")
        }
    }

    @Test("what changes while it is read is said, and stored again")
    func growing() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeClip("a.y4m", "testsrc2", in: folder)
            try Self.makeClip("b.y4m", "testsrc", in: folder)
            let pipe = folder.appendingPathComponent("pipe.y4m")
            try #require(unsafe mkfifo(pipe.path, 0o600) == 0)
            let list = "ffconcat version 1.0\nfile a.y4m\nfile pipe.y4m\n"
            try Data(list.utf8).write(to: folder.appendingPathComponent("l.ffconcat"))
            let errors = folder.appendingPathComponent("errors")
            try Data().write(to: errors)
            let process = Process()
            process.executableURL = CommandRun.program
            process.arguments = ["ingest", "l.ffconcat", "--to", "s"]
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            // Opening it waits until the first file has been read.
            let writing = try FileHandle(forWritingTo: pipe)
            let first = try FileHandle(forUpdating: folder.appendingPathComponent("a.y4m"))
            try first.seekToEnd()
            try first.write(contentsOf: Data(count: 100))
            try first.close()
            try writing.write(
                contentsOf: try Data(contentsOf: folder.appendingPathComponent("b.y4m"))
            )
            try writing.close()
            process.waitUntilExit()
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(process.terminationStatus == 3, "\(text)")
            #expect(text.contains("a.y4m, which it names, grew from"), "\(text)")
        }
    }
}
