import FFmpeg
import Foundation
import Testing

/// Clips of the wild. The folder is named by SPROCKET_MEDIA.
@Suite(.enabled(if: RealClips.folder != nil, "SPROCKET_MEDIA names a folder of clips"))
struct RealClipTests {
    @Test("every clip decodes to the pixels of the ffmpeg command", arguments: RealClips.paths)
    func pixels(path: String) throws {
        #expect(try Decoding(.file(path)).digest == ToolRunner.decodedDigest(of: path))
    }

    @Test("threads change nothing in intact clips", arguments: RealClips.intactPaths)
    func threads(path: String) throws {
        let one = try Decoding(.file(path))
        let many = try Decoding(.file(path), .init(threadCount: 0))
        #expect(one.digest == many.digest)
        #expect(one.timestamps == many.timestamps)
    }

    @Test("packets that were written down decode as from the container", arguments: RealClips.paths)
    func storedPackets(path: String) throws {
        let (packets, parameters) = try StoredPacket.all(in: .file(path))
        let stored = try Decoding(packets, parameters)
        let direct = try Decoding(.file(path))
        #expect(stored.digest == direct.digest)
        #expect(stored.timestamps == direct.timestamps)
        #expect(stored.bestEffortTimestamps == direct.bestEffortTimestamps)
    }

    @Test("timestamps and keys are those of ffprobe", arguments: RealClips.intactPaths)
    func timestamps(path: String) throws {
        let decoding = try Decoding(.file(path))
        #expect(
            try decoding.timestamps.map { $0.map(String.init) ?? "N/A" }
                == ToolRunner.pictures(of: path, field: "pts")
        )
        #expect(
            try decoding.bestEffortTimestamps.map { $0.map(String.init) ?? "N/A" }
                == ToolRunner.pictures(of: path, field: "best_effort_timestamp")
        )
        #expect(
            try decoding.keys.map { $0 ? "1" : "0" }
                == ToolRunner.pictures(of: path, field: "key_frame")
        )
    }

    @Test("the damaged clip gives 49 pictures, some of them marked")
    func damaged() throws {
        let path = try #require(RealClips.paths.first { $0.hasSuffix("corrupted.mp4") })
        let decoding = try Decoding(.file(path))
        #expect(decoding.count == 49)
        #expect(decoding.corruptCount > 0)
    }

    @Test("a turned clip says so")
    func turned() throws {
        let path = try #require(RealClips.paths.first { $0.hasSuffix("rotated_90.mov") })
        let demuxer = try Demuxer(.file(path))
        let streams = demuxer.streams
        let turned = try #require(streams.first { $0.kind == .video })
        let rotation = try #require(turned.displayMatrix?.rotation)
        #expect(abs(abs(rotation) - 90) < 0.01)
    }
}

enum RealClips {
    static let folder = ProcessInfo.processInfo.environment["SPROCKET_MEDIA"]

    static let paths: [String] = {
        // Where there is no such folder, the tests that ask for a clip of it fail.
        guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return [] }
        return names.filter { $0.hasSuffix(".mp4") || $0.hasSuffix(".mov") }
            .sorted().map { folder + "/" + $0 }
    }()

    static let intactPaths = paths.filter { !$0.hasSuffix("corrupted.mp4") }
}
