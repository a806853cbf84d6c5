import Foundation
import TestSupport
import Testing

@Suite("an ingest that is interrupted loses nothing", .serialized)
struct InterruptionTests {
    /// Kills of an ingest, at moments spread over its duration.
    private static let killCount = 20

    @Test("killed at any moment and run again, the stream is that of an undisturbed run")
    func kills() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket(
                "sample",
                "c.mp4",
                "--frames",
                "120",
                "--size",
                "320x240",
                in: folder
            )
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "whole", in: folder)
            let whole = try CommandRun.sprocket("cat", "whole", "--as", "raw", in: folder).output
            for round in 1...Self.killCount {
                let name = "s\(round)"
                let process = try folder.startSprocket("ingest", "c.mp4", "--to", name)
                // The moment decides what is tested, not whether it passes.
                try await Task.sleep(for: .milliseconds(round * 12))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                let again = try CommandRun.sprocket("ingest", "c.mp4", "--to", name, in: folder)
                #expect(again.status == 0, "round \(round): \(again.errors)")
                let cat = try CommandRun.sprocket("cat", name, "--as", "raw", in: folder)
                #expect(cat.output == whole, "round \(round)")
                #expect(try CommandRun.sprocket("verify", name, in: folder).status == 0)
            }
        }
    }

    @Test("a second writer is refused while the first one is at work")
    func secondWriter() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket("sample", "c.mp4", "--frames", "5", in: folder)
            let pipe = Pipe()
            let first = try folder.startSprocket("ingest", "-", "--to", "s", input: pipe)
            let lock = folder.appendingPathComponent("s/MANIFEST.1").path
            while !FileManager.default.fileExists(atPath: lock) { await Task.yield() }
            var second = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            // The first may not have come to its lock yet; then the second was the first.
            if second.status == 0 {
                second = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            }
            #expect(second.status == 75 || !first.isRunning, "\(second.errors)")
            kill(first.processIdentifier, SIGTERM)
            first.waitUntilExit()
        }
    }

    @Test("one wrong byte in a stored frame costs that frame alone, and is said")
    func damage() async throws {
        try await withTemporaryDirectory { folder in
            _ = try CommandRun.sprocket(
                "sample",
                "c.mp4",
                "--frames",
                "6",
                "--size",
                "96x64",
                in: folder
            )
            _ = try CommandRun.sprocket("ingest", "c.mp4", "--to", "s", in: folder)
            let whole = try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder).output
            let size = whole.count / 6
            let file = folder.appendingPathComponent(
                "s/\(String(repeating: "0", count: 20)).segment"
            )
            let sound = try Data(contentsOf: file)
            let payload = whole[size..<2 * size]
            let place = try #require(sound.range(of: payload)).lowerBound
            var damaged = sound
            damaged[place + 100] ^= 0x40
            try damaged.write(to: file)
            let verify = try CommandRun.sprocket("verify", "s", in: folder)
            #expect(verify.status == 3)
            #expect(verify.text.contains("sequence 2"), "\(verify.text)")
            let cat = try CommandRun.sprocket("cat", "s", "--as", "raw", in: folder)
            #expect(cat.status == 3)
            #expect(cat.output == whole[..<size] + whole[(2 * size)...])
            let export = try CommandRun.sprocket("export", "images", "s", "--to", "i", in: folder)
            #expect(export.status == 3)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/i/000002.png"))
        }
    }
}
