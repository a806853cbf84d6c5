import Foundation
import TestSupport
import Testing

@Suite("streams that an earlier program wrote")
struct OldStreamTests {
    @Test("are read, verified and exported as then", arguments: OldStreams.all.streams)
    func looks(stream: OldStreams.Stream) async throws {
        try await withTemporaryDirectory { folder in
            try OldStreams.unpack(in: folder)
            for look in stream.looks { try look.check(in: folder) }
        }
    }

    @Test(
        "go on where they stopped, and take nothing twice",
        arguments: OldStreams.all.again.filter { $0.stream != nil }
    )
    func again(command: OldStreams.Again) async throws {
        try await withTemporaryDirectory { folder in
            try OldStreams.unpack(in: folder)
            try command.again.check(in: folder)
            for look in command.looks ?? [] { try look.check(in: folder) }
        }
    }

    @Test(
        "have exports that go on where they stopped, and write no image twice",
        arguments: OldStreams.all.again.filter { $0.folder != nil }
    )
    func images(command: OldStreams.Again) async throws {
        try await withTemporaryDirectory { folder in
            try OldStreams.unpack(in: folder)
            try command.again.check(in: folder)
            let images = folder.appendingPathComponent(command.testDescription)
            let manifest = try Data(contentsOf: images.appendingPathComponent("manifest.ndjson"))
            #expect(manifest.count { $0 == UInt8(ascii: "\n") } == command.lines)
            if command.needsFFmpeg5 == true, FFmpegCommand.release != 5 { return }
            #expect(try OldStreams.sum(ofImagesIn: images) == command.sum)
        }
    }
}
