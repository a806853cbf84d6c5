import Foundation
import TestSupport
import Testing

@Suite("a copy of a stream")
struct CopyTests {
    /// Headers and gaps without the number of the writer, which is the copy's own.
    private static func headers(_ stream: String, in folder: URL) throws -> [String] {
        let text = try CommandRun.sprocket("cat", stream, in: folder).text
        return text.split(separator: "\n").map { line in
            String(line).replacing(/"epoch":\d+,/, with: "")
        }
    }

    private static func raw(_ stream: String, in folder: URL) throws -> Data {
        try CommandRun.sprocket("cat", stream, "--as", "raw", in: folder).output
    }

    /// A stream `s` of two clips.
    private static func ingest(payload: String, in folder: URL) throws {
        for (name, count) in [("a.mp4", "12"), ("b.mkv", "5")] {
            let run = try CommandRun.sprocket(
                ["sample", name, "--frames", count, "--size", "96x64"],
                in: folder
            )
            try #require(run.status == 0, "\(run.errors)")
        }
        let run = try CommandRun.sprocket(
            ["ingest", "a.mp4", "b.mkv", "--to", "s", "--payload", payload],
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
    }

    @Test("holds what the stream holds, and is made once", arguments: ["raw", "packets"])
    func whole(payload: String) async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(payload: payload, in: folder)
            for count in [17, 0] {
                let run = try CommandRun.sprocket("copy", "s", "t", "--json", in: folder)
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.text.contains("\"frames\":\(count),"), "\(run.text)")
            }
            #expect(try Self.headers("t", in: folder) == Self.headers("s", in: folder))
            #expect(try Self.raw("t", in: folder) == Self.raw("s", in: folder))
            let sources = try ["s", "t"].map { stream in
                try CommandRun.sprocket("info", stream, in: folder).text
                    .split(separator: "\n").filter { $0.hasPrefix("source") }
            }
            #expect(sources[0] == sources[1] && sources[0].count == 2)
            #expect(try CommandRun.sprocket("verify", "t", in: folder).status == 0)
        }
    }

    @Test("goes on where it was killed")
    func kills() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(payload: "raw", in: folder)
            var generator = SeededGenerator(seed: 4)
            for _ in 1...6 {
                let copy = try folder.startSprocket("copy", "s", "t")
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...60, using: &generator)))
                kill(copy.processIdentifier, SIGKILL)
                copy.waitUntilExit()
            }
            #expect(try CommandRun.sprocket("copy", "s", "t", in: folder).status == 0)
            #expect(try Self.headers("t", in: folder) == Self.headers("s", in: folder))
            #expect(try Self.raw("t", in: folder) == Self.raw("s", in: folder))
        }
    }

    @Test("has a gap for a damaged frame, and says so")
    func damage() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(payload: "raw", in: folder)
            let whole = try Self.raw("s", in: folder)
            let size = whole.count / 17
            let file = folder.appendingPathComponent(
                "s/\(String(repeating: "0", count: 20)).segment"
            )
            var bytes = try Data(contentsOf: file)
            let payload = try #require(bytes.range(of: whole[2 * size..<3 * size]))
            bytes[payload.lowerBound + 7] ^= 1
            try bytes.write(to: file)
            let run = try CommandRun.sprocket("copy", "s", "t", in: folder)
            #expect(run.status == 3 && run.errors.contains("frame 3 "), "\(run.errors)")
            #expect(try Self.raw("t", in: folder) == whole[..<(2 * size)] + whole[(3 * size)...])
            let gaps = try Self.headers("t", in: folder).filter { $0.contains("\"gap\"") }
            #expect(gaps.count == 1 && gaps[0].contains("damagedRecord"), "\(gaps)")
        }
    }

    @Test("of a part, or of the pictures in packets, is a new source of a new stream")
    func parts() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(payload: "packets", in: folder)
            let pictures = try CommandRun.sprocket(
                ["copy", "s", "p", "--payload", "raw"],
                in: folder
            )
            #expect(pictures.status == 0, "\(pictures.errors)")
            let whole = try Self.raw("s", in: folder)
            #expect(try Self.raw("p", in: folder) == whole)
            let part = try CommandRun.sprocket(["copy", "p", "q", "--frames", "3..5"], in: folder)
            #expect(part.status == 0, "\(part.errors)")
            let size = whole.count / 17
            #expect(try Self.raw("q", in: folder) == whole[2 * size..<5 * size])
            // Of the second source alone, under the number that it has in the copy.
            let second = ["copy", "p", "r", "--frames", "14..16"]
            #expect(try CommandRun.sprocket(second, in: folder).status == 0)
            #expect(try CommandRun.sprocket("verify", "r", in: folder).status == 0)
        }
    }

    @Test("is refused where it makes no sense")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            try Self.ingest(payload: "packets", in: folder)
            _ = try CommandRun.sprocket(["ingest", "b.mkv", "--to", "other"], in: folder)
            let cases: [([String], Int32, String)] = [
                (["s", "s"], 64, "into itself"), (["nothing", "t"], 66, "no stream"),
                (["s", "other"], 73, "something else"),
                (["s", "t", "--frames", "3..5"], 64, "--payload raw"),
                (["other", "t", "--payload", "packets"], 64, "holds pictures"),
                (["other", "s", "--frames", "1"], 73, "a new stream"),
            ]
            for (arguments, status, words) in cases {
                let run = try CommandRun.sprocket(["copy"] + arguments, in: folder)
                #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
            }
        }
    }

    @Test("follows a stream until it is sealed, and is sealed then")
    func following() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("streams", "create", "s", in: folder)
            let copy = try folder.startSprocket("copy", "s", "t", "--follow")
            try Self.ingest(payload: "raw", in: folder)
            _ = try CommandRun.sprocket("streams", "seal", "s", in: folder)
            copy.waitUntilExit()
            #expect(copy.terminationStatus == 0)
            #expect(try Self.raw("t", in: folder) == Self.raw("s", in: folder))
            let list = try CommandRun.sprocket("streams", "list", ".", in: folder).text
            #expect(list.components(separatedBy: "sealed").count == 3, "\(list)")
        }
    }
}
