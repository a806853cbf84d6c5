import Foundation
import TestSupport
import Testing

@Suite("what changes within a stream")
struct ParameterChangeTests {
    private static let frameCount = 10
    private static let sizes = [96 * 64 * 3 / 2, 64 * 48 * 3 / 2]

    private static func tool(_ name: String, _ arguments: [String], in folder: URL) throws -> Data {
        let run = try CommandRun.tool(name, arguments, in: folder)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    /// All pictures of a file as one thread decodes them.
    private static func pictures(_ file: String, in folder: URL) throws -> Data {
        let arguments = ["-v", "error", "-threads", "1", "-i", file, "-noautoscale"]
        let output = ["-fps_mode", "passthrough", "-f", "rawvideo", "-"]
        return try tool("ffmpeg", arguments + output, in: folder)
    }

    private static func cat(_ flags: String..., in folder: URL) throws -> Data {
        let run = try CommandRun.sprocket(["cat", "s", "--as", "raw"] + flags, in: folder)
        try #require(run.status == 0, "\(flags): \(run.errors)")
        return run.output
    }

    /// Ten frames of 96x64 and ten of 64x48, two groups each.
    private static func parts(
        _ encoder: [String],
        _ ending: String,
        in folder: URL
    ) throws -> [URL] {
        try zip(["a", "b"], ["96x64", "64x48"]).map { name, size in
            let source = "testsrc2=size=\(size):rate=25:duration=0.4"
            let input = ["-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]
            let file = "\(name).\(ending)"
            _ = try tool("ffmpeg", input + encoder + ["-g", "5", "-bf", "0", file], in: folder)
            return folder.appendingPathComponent(file)
        }
    }

    /// The bytes of frames `numbers` of the twenty.
    private static func slice(_ whole: Data, _ numbers: ClosedRange<Int>) -> Data {
        let offset = { (number: Int) in
            min(number, frameCount) * sizes[0] + max(0, number - frameCount) * sizes[1]
        }
        return whole[offset(numbers.lowerBound - 1)..<offset(numbers.upperBound)]
    }

    private static func ingest(_ file: String, in folder: URL) throws {
        let run = try CommandRun.sprocket(
            ["ingest", file, "--to", "s", "--payload", "packets"],
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
    }

    private static func copy(
        _ file: String,
        _ flags: String...,
        in folder: URL
    ) throws -> CommandRun {
        try CommandRun.sprocket(
            ["export", "video", "s", "--codec", "copy", "--to", file] + flags,
            in: folder
        )
    }

    private static let x264 = ["-c:v", "libx264", "-preset", "ultrafast"]
    private static let x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params"]

    @Test("a second sample description holds for every frame of it", arguments: ["avc", "hevc"])
    func descriptions(codec: String) async throws {
        try await withTemporaryDirectory { folder in
            let encoder = codec == "avc" ? Self.x264 : Self.x265 + ["log-level=none"]
            let parts = try Self.parts(encoder, "mp4", in: folder)
            let joined = folder.appendingPathComponent("j.mp4")
            try JoinedMP4.write(parts[0], parts[1], to: joined)
            let whole = try Self.pictures("j.mp4", in: folder)
            try #require(whole.count == Self.frameCount * Self.sizes.reduce(0, +))
            try Self.ingest("j.mp4", in: folder)
            #expect(try Self.cat(in: folder) == whole)
            for number in [4, 10, 11, 17, 20] {
                let found = try Self.cat("--frames", "\(number)", in: folder)
                #expect(found == Self.slice(whole, number...number), "\(number)")
            }
            #expect(try Self.cat("--time", "0.62..0.7", in: folder) == Self.slice(whole, 17...18))
            let deep = try CommandRun.sprocket("verify", "s", "--deep", in: folder)
            #expect(deep.status == 0, "\(deep.errors)")

            let refused = try Self.copy("o.mp4", in: folder)
            #expect(refused.status == 64, "\(refused.errors)")
            for range in ["--frames 1..10", "--frames 11..20"] {
                #expect(refused.errors.contains(range), "\(refused.errors)")
            }
            let output = folder.appendingPathComponent("o.mp4").path
            #expect(!FileManager.default.fileExists(atPath: output))
            for (file, range) in [("1.mp4", 1...10), ("2.mp4", 11...20), ("3.mkv", 16...20)] {
                let numbers = "\(range.lowerBound)..\(range.upperBound)"
                let run = try Self.copy(file, "--frames", numbers, in: folder)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try Self.pictures(file, in: folder) == Self.slice(whole, range), "\(file)")
            }
            let stream = try CommandRun.sprocket("probe", "3.mkv", in: folder)
            #expect(stream.text.contains("64x48"), "\(stream.text)")
            // In MPEG-TS, parameter sets go with the packets.
            #expect(try Self.copy("o.ts", in: folder).status == 0)
            #expect(try Self.pictures("o.ts", in: folder) == whole)
            let clip = try Self.copy("c.ts", "--clip", "0.5..0.7", in: folder)
            #expect(clip.status == (codec == "avc" ? 0 : clip.status), "\(clip.errors)")
            if clip.status == 0 {
                #expect(try Self.pictures("c.ts", in: folder).count == 5 * Self.sizes[1])
            }
        }
    }

    @Test("only whole groups of pictures are copied by number")
    func groups() async throws {
        try await withTemporaryDirectory { folder in
            _ = try Self.parts(Self.x264, "mp4", in: folder)
            try Self.ingest("a.mp4", in: folder)
            for (range, reason) in [("2..10", "start with frame 1"), ("1..7", "frame 6")] {
                let run = try Self.copy("o.mp4", "--frames", range, in: folder)
                #expect(run.status == 64 && run.errors.contains(reason), "\(run.errors)")
            }
            #expect(try Self.copy("o.mp4", "--frames", "6..", in: folder).status == 0)
            let whole = try Self.pictures("a.mp4", in: folder)
            #expect(try Self.pictures("o.mp4", in: folder) == whole.suffix(5 * Self.sizes[0]))
        }
    }

    @Test("parameter sets that came once hold for later keyframes")
    func onceOnly() async throws {
        try await withTemporaryDirectory { folder in
            let parts = try Self.parts(Self.x264, "h264", in: folder)
            let once = try parts.map { Self.setsOnce([UInt8](try Data(contentsOf: $0))) }
            try Data(once[0] + once[1]).write(to: folder.appendingPathComponent("j.h264"))
            let mux = ["-v", "error", "-r", "25", "-i", "j.h264", "-c", "copy", "j.mkv"]
            _ = try Self.tool("ffmpeg", mux, in: folder)
            let whole = try Self.pictures("j.mkv", in: folder)
            try #require(whole.count == Self.frameCount * Self.sizes.reduce(0, +))
            try Self.ingest("j.mkv", in: folder)
            #expect(try Self.cat(in: folder) == whole)
            for number in [9, 12, 16, 18, 20] {
                let found = try Self.cat("--frames", "\(number)", in: folder)
                #expect(found == Self.slice(whole, number...number), "\(number)")
            }
            let run = try Self.copy("o.mkv", "--frames", "16..20", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try Self.pictures("o.mkv", in: folder) == Self.slice(whole, 16...20))
        }
    }

    /// The same without parameter sets behind the first picture.
    private static func setsOnce(_ bytes: [UInt8]) -> [UInt8] {
        var starts = (0..<bytes.count - 3).filter { bytes[$0..<$0 + 3].elementsEqual([0, 0, 1]) }
        starts.append(bytes.count)
        var hasPicture = false
        var kept: [UInt8] = []
        for (start, end) in zip(starts, starts.dropFirst()) {
            let sort = bytes[start + 3] & 0x1F
            if hasPicture, sort == 7 || sort == 8 { continue }
            hasPicture = hasPicture || sort == 5
            kept += [0] + bytes[start..<end]
        }
        return kept
    }

    /// Five frames with one palette and five with another.
    private static let twoPalettes =
        ["", "negate,"].enumerated().map { index, filter in
            """
            testsrc2=size=96x64:rate=25:duration=0.2,\(filter)split[v\(index)][w\(index)];\
            [v\(index)]palettegen[p\(index)];[w\(index)][p\(index)]paletteuse[o\(index)]
            """
        }.joined(separator: ";") + ";[o0][o1]concat"

    @Test("a palette holds until another comes")
    func palettes() async throws {
        try await withTemporaryDirectory { folder in
            let graph = ["-filter_complex", Self.twoPalettes, "-pix_fmt", "pal8"]
            let raw = ["-v", "error"] + graph + ["-c:v", "rawvideo", "j.avi"]
            _ = try Self.tool("ffmpeg", raw, in: folder)
            let passes = ["-fps_mode", "passthrough"]
            let judge = passes + ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
            let whole = try Self.tool("ffmpeg", ["-v", "error", "-i", "j.avi"] + judge, in: folder)
            let size = 96 * 64 * 3
            try #require(whole.count == 10 * size)
            try Self.ingest("j.avi", in: folder)
            for number in [3, 5, 6, 9] {
                let one = ["--frames", "\(number)", "--pixel-format", "rgb24", "--as", "raw"]
                let run = try CommandRun.sprocket(["cat", "s"] + one, in: folder)
                let expected = whole[(number - 1) * size..<number * size]
                #expect(run.output == expected, "\(number) \(run.errors)")
            }
            let refused = try Self.copy("o.mov", in: folder)
            let range = "--frames 6..10"
            #expect(refused.status == 64 && refused.errors.contains(range), "\(refused.errors)")
            for (numbers, count) in [("1..", 10), ("3..", 8)] {
                let copy = try Self.copy("o.avi", "--force", "--frames", numbers, in: folder)
                #expect(copy.status == 0, "\(copy.errors)")
                let found = ["-v", "error", "-i", "o.avi"] + judge
                #expect(try Self.tool("ffmpeg", found, in: folder) == whole.suffix(count * size))
            }
        }
    }
}
