import Foundation
import TestSupport
import Testing

@Suite("the index of a stream")
struct ReindexTests {
    /// A stream `s` of packets with some index records, and the place of the second in its segment.
    private static func ingest(in folder: URL) throws -> (file: URL, index: Int) {
        for arguments in [
            ["sample", "a.mp4", "--frames", "200", "--size", "96x64"],
            ["ingest", "a.mp4", "--to", "s", "--payload", "packets"],
        ] {
            let run = try CommandRun.sprocket(arguments, in: folder)
            try #require(run.status == 0, "\(run.errors)")
        }
        let file = folder.appendingPathComponent("s/\(DamagedStream.segment)")
        let bytes = try Data(contentsOf: file)
        // Sync word, version and the type of an index record.
        let start = Data([0x8B, 0x53, 0x50, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A, 1, 3])
        let first = try #require(bytes.range(of: start))
        let second = try #require(bytes.range(of: start, in: first.upperBound..<bytes.count))
        return (file, second.lowerBound)
    }

    private static func flip(_ file: URL, at place: Int) throws {
        var bytes = try Data(contentsOf: file)
        bytes[place] ^= 1
        try bytes.write(to: file)
    }

    @Test("is proved, made anew where it is damaged, and used then")
    func anew() async throws {
        try await withTemporaryDirectory { folder in
            let (file, index) = try Self.ingest(in: folder)
            let whole = try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder).output
            let sound = try CommandRun.sprocket("reindex", "s", "--json", in: folder)
            #expect(sound.status == 0 && sound.text.contains("\"wasEqual\":true"), "\(sound.text)")
            try Self.flip(file, at: index + 200)
            let made = try CommandRun.sprocket("reindex", "s", in: folder)
            #expect(
                made.status == 0 && made.errors.contains("4 records appended"),
                "\(made.errors)"
            )
            let again = try CommandRun.sprocket("reindex", "s", in: folder)
            #expect(again.status == 0 && !again.errors.contains("anew"), "\(again.errors)")
            let frame = ["cat", "s", "--as", "raw", "--frames", "120"]
            let size = whole.count / 200
            let run = try CommandRun.sprocket(frame, in: folder)
            #expect(run.output == whole[119 * size..<120 * size])
            // The old record is still there, and still damaged.
            let verify = try CommandRun.sprocket("verify", "s", in: folder)
            #expect(verify.status == 3 && verify.errors.contains("1 fault\n"), "\(verify.text)")
            #expect(try CommandRun.sprocket("recover", "s", "t", in: folder).status == 0)
            #expect(try CommandRun.sprocket("verify", "t", in: folder).status == 0)
        }
    }

    @Test("of a sealed stream is left as it is, and the way out is said")
    func sealed() async throws {
        try await withTemporaryDirectory { folder in
            let (file, index) = try Self.ingest(in: folder)
            _ = try CommandRun.sprocket("streams", "seal", "s", in: folder)
            #expect(try CommandRun.sprocket("reindex", "s", in: folder).status == 0)
            try Self.flip(file, at: index + 200)
            let run = try CommandRun.sprocket("reindex", "s", in: folder)
            #expect(run.status == 77 && run.errors.contains("sprocket recover"), "\(run.errors)")
        }
    }
}
