import Foundation
import TestSupport
import Testing

/// A transport stream that lost packets on its way.
private enum LossyClip {
    /// Two seconds in groups of half a second, without every 41st packet of the video behind the
    /// first group, and without forty in a row of each two hundred: those are whole pictures, which
    /// the decoder of H.265 misses whatever version of x265 wrote the rest.
    static func make(_ name: String, codec: [String], in folder: URL) throws {
        let source = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-pix_fmt", "yuv420p"]
        let coding = codec + ["-g", "12", "-bf", "2", "-threads", "1", "-b:v", "600k"]
        let make = ["-v", "error", "-y"] + source + coding + ["whole.ts"]
        let run = try CommandRun.tool("ffmpeg", make, in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let whole = try Data(contentsOf: folder.appendingPathComponent("whole.ts"))
        var kept = Data()
        var videoCount = 0
        for start in stride(from: 0, to: whole.count, by: 188) {
            let packet = whole[start..<min(start + 188, whole.count)]
            // FFmpeg's muxer gives the first video stream this number.
            let isVideo = packet[start + 1] & 0x1F == 1 && packet[start + 2] == 0
            videoCount += isVideo ? 1 : 0
            if isVideo, videoCount > 60, videoCount % 41 == 0 || videoCount % 200 < 40 { continue }
            kept += packet
        }
        try kept.write(to: folder.appendingPathComponent(name))
    }

    /// The pictures that one thread of ffmpeg makes of it.
    static func pictures(_ name: String, in folder: URL) throws -> Data {
        let decode = ["-v", "quiet", "-threads", "1", "-flags", "+output_corrupt", "-i", name]
        let form = ["-fps_mode", "passthrough", "-f", "rawvideo", "-"]
        return try CommandRun.tool("ffmpeg", decode + form, in: folder).output
    }
}

@Suite("damage is exact and the same at any number of threads")
struct DamageTests {
    /// A line of `cat` for each frame.
    private static func frames(_ stream: String, in folder: URL) throws -> [Substring] {
        try CommandRun.sprocket("cat", stream, in: folder).text.split(separator: "\n")
    }

    @Test(
        "lost packets",
        arguments: [
            ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "bframes=2"],
            ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
            ["-c:v", "mpeg2video"],
        ]
    )
    func lostPackets(codec: [String]) async throws {
        try await withTemporaryDirectory { folder in
            try LossyClip.make("a.ts", codec: codec, in: folder)
            // What the decoder of H.265 leaves undecoded shows what its memory held before. The
            // command of FFmpeg 7 works on several threads, and gives other pixels there in each
            // run; then one thread of the program itself is the measure. Since FFmpeg 9 the holes
            // show something else each time, and only the marks are compared.
            let hasHoles = codec.contains("libx265")
            let isJudge = FFmpegCommand.release < 7 || !hasHoles
            let isRepeated = FFmpegCommand.release < 9 || !hasHoles
            var expected = isJudge ? try LossyClip.pictures("a.ts", in: folder) : Data()
            var first: [Substring] = []
            for count in ["1", "2", "4"] {
                let ingest = ["ingest", "a.ts", "--to", count, "--decoder-threads", count]
                let run = try CommandRun.sprocket(ingest, in: folder)
                #expect(run.status == 3, "\(run.errors)")
                let lines = try Self.frames(count, in: folder)
                if first.isEmpty { first = lines }
                #expect(lines == first, "other marks with \(count) threads")
                let raw = try CommandRun.sprocket("cat", count, "--as", "raw", in: folder)
                if expected.isEmpty { expected = raw.output }
                #expect(raw.status == 3 && raw.output.count == expected.count, "\(count) threads")
                #expect(!isRepeated || raw.output == expected, "with \(count) threads")
            }
            #expect(first.contains { $0.contains("\"corrupt\"") })
            let packets = ["ingest", "a.ts", "--to", "p", "--payload", "packets"]
            _ = try CommandRun.sprocket(packets, in: folder)
            for count in ["1", "4"] {
                let cat = ["cat", "p", "--as", "raw", "--decoder-threads", count]
                let raw = try CommandRun.sprocket(cat, in: folder)
                #expect(raw.status == 3 && raw.output.count == expected.count, "\(raw.errors)")
                #expect(!isRepeated || raw.output == expected)
            }
        }
    }

    @Test("every command says of damage in packets what pictures say", arguments: 0..<6)
    func everywhere(start: Int) async throws {
        try await withTemporaryDirectory { folder in
            // Whole pictures are lost at another place of a group each time, and some that rest on
            // them come out.
            let source = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"
            try ContainerTools.ffmpeg(
                "\(source) -c:v libx264 -g 25 -bf 2 -threads 1 -b:v 900k c.ts",
                in: folder
            )
            let file = folder.appendingPathComponent("c.ts")
            let whole = try Data(contentsOf: file)
            let lost = 188 * (whole.count / 188 / 3 + 5 * start)
            try (whole[..<lost] + whole[(lost + 188 * 12)...]).write(to: file)
            let run = try CommandRun.sprocket("ingest", "c.ts", "--to", "r", in: folder)
            try #require(run.status == 3, "\(run.errors)")
            for line in [
                "cat r --as raw", "cat r", "verify r",
                "ingest c.ts --to p --payload packets", "cat p --as raw", "cat p", "verify p",
                "verify p --deep", "export video p --to p.mkv --codec copy",
            ] {
                let run = try ContainerTools.sprocket(line, in: folder, status: 3)
                #expect(!run.errors.isEmpty || line.hasPrefix("verify"), "\(line)")
            }
        }
    }

    @Test("streams that were joined are sound, and the place is said")
    func joined() async throws {
        try await withTemporaryDirectory { folder in
            let source = ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-pix_fmt", "yuv420p"]
            let make = ["-v", "error"] + source + ["-c:v", "libx264", "-g", "10", "a.ts"]
            try #require(try CommandRun.tool("ffmpeg", make, in: folder).status == 0)
            let once = try Data(contentsOf: folder.appendingPathComponent("a.ts"))
            try (once + once).write(to: folder.appendingPathComponent("twice.ts"))
            let expected = try LossyClip.pictures("twice.ts", in: folder)
            for count in ["1", "3"] {
                let ingest = ["ingest", "twice.ts", "--to", count, "--decoder-threads", count]
                let run = try CommandRun.sprocket(ingest, in: folder)
                #expect(run.status == 0, "\(run.errors)")
                let raw = try CommandRun.sprocket("cat", count, "--as", "raw", in: folder)
                #expect(raw.status == 0 && raw.output == expected, "\(raw.errors)")
            }
            let lines = try Self.frames("1", in: folder)
            #expect(lines.contains { $0.contains("discontinuity") || $0.contains("timeStep") })
            #expect(lines == (try Self.frames("3", in: folder)))
        }
    }
}
