import Foundation
import TestSupport
import Testing

/// Streams that a test damages.
enum DamagedStream {
    static let segment = "\(String(repeating: "0", count: 20)).segment"

    /// A stream `s` of twelve frames and the bytes of its pictures.
    static func ingest(payload: String = "raw", in folder: URL) throws -> Data {
        for arguments in [
            ["sample", "a.mp4", "--frames", "12", "--size", "96x64"],
            ["ingest", "a.mp4", "--to", "s", "--payload", payload],
        ] {
            let run = try CommandRun.sprocket(arguments, in: folder)
            try #require(run.status == 0, "\(run.errors)")
        }
        return try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder).output
    }

    /// Flips a bit in each of these pictures, from 0, of a stream of raw frames.
    static func flip(_ pictures: [Int], of whole: Data, in folder: URL) throws {
        let size = whole.count / 12
        let file = folder.appendingPathComponent("s/\(segment)")
        var bytes = try Data(contentsOf: file)
        for picture in pictures {
            let payload = try #require(
                bytes.range(of: whole[picture * size..<(picture + 1) * size])
            )
            bytes[payload.lowerBound + 7] ^= 1
        }
        try bytes.write(to: file)
    }

    static func sequences(_ stream: String, in folder: URL) throws -> [Int] {
        try CommandRun.sprocket("cat", stream, in: folder).text.split(separator: "\n")
            .compactMap { line in
                line.contains("\"type\":\"frame\"")
                    ? line.firstMatch(of: /"sequence":(\d+)/).flatMap { Int($0.1) } : nil
            }
    }
}

@Suite("recovery of a damaged stream")
struct RecoverTests {
    @Test("keeps what is sound under its number, and says what is lost")
    func damage() async throws {
        try await withTemporaryDirectory { folder in
            let whole = try DamagedStream.ingest(in: folder)
            try DamagedStream.flip([2, 5, 6], of: whole, in: folder)
            let before = try Data(
                contentsOf: folder.appendingPathComponent("s/\(DamagedStream.segment)")
            )
            let run = try CommandRun.sprocket("recover", "s", "t", "--json", in: folder)
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.errors.contains("frame 3 is lost at offsets"), "\(run.errors)")
            #expect(run.errors.contains("frames 6 to 7 are lost"), "\(run.errors)")
            let lines = run.text.split(separator: "\n")
            #expect(lines.count == 3 && lines[2].contains("\"lostFrames\":3,"), "\(run.text)")
            #expect(lines[1].contains("\"firstFrame\":6"), "\(run.text)")
            let kept = [1, 2, 4, 5, 8, 9, 10, 11, 12]
            #expect(try DamagedStream.sequences("t", in: folder) == kept)
            let size = whole.count / 12
            let sound = kept.reduce(Data()) { $0 + whole[($1 - 1) * size..<$1 * size] }
            let cat = try CommandRun.sprocket("cat", "t", "--as", "raw", in: folder)
            #expect(cat.output == sound && cat.status == 3)
            let frame = ["cat", "t", "--as", "raw", "--frames", "8"]
            let one = try CommandRun.sprocket(frame, in: folder)
            #expect(one.output == whole[7 * size..<8 * size] && one.status == 0, "\(one.errors)")
            let verify = try CommandRun.sprocket("verify", "t", in: folder)
            #expect(verify.status == 3 && verify.errors.contains("0 faults"), "\(verify.errors)")
            #expect(verify.text.contains("sequences 6 to 7"), "\(verify.text)")
            let after = try Data(
                contentsOf: folder.appendingPathComponent("s/\(DamagedStream.segment)")
            )
            #expect(before == after)
        }
    }

    @Test("loses nothing where nothing of value is damaged", arguments: ["raw", "packets"])
    func manifest(payload: String) async throws {
        try await withTemporaryDirectory { folder in
            let whole = try DamagedStream.ingest(payload: payload, in: folder)
            _ = try CommandRun.sprocket("streams", "seal", "s", in: folder)
            try Data("nonsense".utf8).write(to: folder.appendingPathComponent("s/MANIFEST.1"))
            let run = try CommandRun.sprocket("recover", "s", "t", in: folder)
            #expect(run.status == 0 && run.errors.contains("MANIFEST.1"), "\(run.errors)")
            #expect(try CommandRun.sprocket("cat", "t", "--as", "raw", in: folder).output == whole)
            #expect(try CommandRun.sprocket("verify", "t", in: folder).status == 0)
            let list = try CommandRun.sprocket("streams", "list", ".", in: folder).text
            #expect(list.components(separatedBy: "sealed").count == 3, "\(list)")
        }
    }

    @Test("starts where a truncated stream starts")
    func truncated() async throws {
        try await withTemporaryDirectory { folder in
            _ = try DamagedStream.ingest(in: folder)
            let cut = ["streams", "truncate", "s", "--before", "20000"]
            #expect(try CommandRun.sprocket(cut, in: folder).status == 0)
            let run = try CommandRun.sprocket("recover", "s", "t", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let numbers = try DamagedStream.sequences("t", in: folder)
            #expect(numbers.first == 4 && numbers.last == 12, "\(numbers)")
            let verify = try CommandRun.sprocket("verify", "t", in: folder)
            #expect(verify.status == 0, "\(verify.text)")
        }
    }

    @Test("is refused where it makes no sense")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            _ = try DamagedStream.ingest(in: folder)
            _ = try CommandRun.sprocket("streams", "create", "other", in: folder)
            let cases: [([String], Int32, String)] = [
                (["s", "s"], 64, "into itself"), (["nothing", "t"], 66, "no stream"),
                (["s", "other"], 73, "exists"),
            ]
            for (arguments, status, words) in cases {
                let run = try CommandRun.sprocket(["recover"] + arguments, in: folder)
                #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
            }
            for name in ["MANIFEST.0", "MANIFEST.1"] {
                try Data("nonsense".utf8).write(to: folder.appendingPathComponent("s/\(name)"))
            }
            let run = try CommandRun.sprocket("recover", "s", "t", in: folder)
            #expect(run.status == 65 && run.errors.contains("manifests"), "\(run.errors)")
            #expect(
                !FileManager.default.fileExists(atPath: folder.appendingPathComponent("t").path)
            )
        }
    }
}
