import Foundation
import TestSupport
import Testing

@Suite("verify --deep")
struct DeepVerifyTests {
    @Test("decodes what is coded, and passes what is sound", arguments: ["raw", "packets"])
    func sound(payload: String) async throws {
        try await withTemporaryDirectory { folder in
            _ = try DamagedStream.ingest(payload: payload, in: folder)
            let run = try CommandRun.sprocket("verify", "s", "--deep", in: folder)
            #expect(run.status == 0 && run.errors.contains("12 looked into"), "\(run.errors)")
        }
    }

    @Test("names the packet that does not decode")
    func undecodable() async throws {
        try await withTemporaryDirectory { folder in
            _ = try DamagedStream.ingest(in: folder)
            let clip = folder.appendingPathComponent("a.mp4")
            let probe = try CommandRun.tool(
                "ffprobe",
                [
                    "-v", "error", "-select_streams", "v", "-show_entries", "packet=pos,size",
                    "-of", "csv=p=0", "a.mp4",
                ],
                in: folder
            )
            let fields = probe.text.split(separator: "\n")[6].split(separator: ",")
            let (size, place) = (try #require(Int(fields[0])), try #require(Int(fields[1])))
            var bytes = try Data(contentsOf: clip)
            for index in place..<place + size { bytes[index] = 0xFF }
            try bytes.write(to: clip)
            let ingest = ["ingest", "a.mp4", "--payload", "packets"]
            let counted = ingest + ["--to", "c"]
            #expect(try CommandRun.sprocket(counted, in: folder).status == 3)
            let verify = try CommandRun.sprocket("verify", "c", in: folder)
            #expect(verify.status == 3 && verify.text.contains("sequence 7"), "\(verify.text)")
            let uncounted = ingest + ["--to", "d", "--no-census"]
            #expect(try CommandRun.sprocket(uncounted, in: folder).status == 0)
            #expect(try CommandRun.sprocket("verify", "d", in: folder).status == 0)
            let deep = try CommandRun.sprocket("verify", "d", "--deep", "--json", in: folder)
            #expect(deep.status == 3, "\(deep.errors)")
            let line = deep.text.split(separator: "\n").first { $0.contains("\"sequence\":7") }
            #expect(line?.contains("\"seconds\"") ?? false, "\(deep.text)")
            #expect(deep.text.contains("\"isClean\":false"))
        }
    }
}
