import Foundation
import TestSupport
import Testing

/// A clip some of whose packets give no picture, or more than one of them gives one.
struct CensusClip: Sendable, CustomTestStringConvertible {
    var name: String
    /// What ffmpeg encodes it with, between the source and the file.
    var options: [String]
    var passCount = 1
    /// Changes the file, if ffmpeg alone cannot make it so.
    var change: (@Sendable (URL) throws -> Void)?
    /// Whether something of it does not decode.
    var isDamaged = false

    var testDescription: String { name }

    private static let altRef = [
        "-b:v", "100k", "-deadline", "good", "-cpu-used", "4", "-auto-alt-ref", "1",
        "-lag-in-frames", "16", "-g", "30", "-threads", "1",
    ]
    private static let avc = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "15"]

    static let all = [
        CensusClip(name: "hidden.webm", options: ["-c:v", "libvpx"] + altRef, passCount: 2),
        CensusClip(name: "vp9.webm", options: ["-c:v", "libvpx-vp9"] + altRef, passCount: 2),
        CensusClip(
            name: "av1.mkv",
            options: ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-g", "30"]
        ),
        CensusClip(name: "packed.avi", options: ["-c:v", "libxvid", "-bf", "2", "-g", "12"]),
        CensusClip(
            name: "open.ts",
            options: avc + ["-x264-params", "open-gop=1:scenecut=0"]
        ),
        CensusClip(
            name: "interlaced.ts",
            options: avc + ["-flags", "+ildct+ilme", "-x264-params", "scenecut=0"]
        ),
        CensusClip(
            name: "bad.mp4",
            options: avc + ["-x264-params", "scenecut=0"],
            change: { try Self.destroyPacket(7, of: $0) },
            isDamaged: true
        ),
        CensusClip(
            name: "eos.ts",
            options: [
                "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                "keyint=15:min-keyint=15:open-gop=1:bframes=3:scenecut=0:log-level=none:pools=none",
            ],
            change: { try Self.endSequences(of: $0) }
        ),
    ]

    /// Makes the clip.
    func make(in folder: URL) throws {
        let source = "testsrc2=size=128x96:rate=25"
        for pass in 1...passCount {
            let run = try CommandRun.tool(
                "ffmpeg",
                ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "60"] + options
                    + (passCount > 1 ? ["-pass", "\(pass)"] : []) + ["-pix_fmt", "yuv420p", name],
                in: folder
            )
            try #require(run.status == 0, "\(run.errors)")
        }
        try change?(folder.appendingPathComponent(name))
    }

    /// Overwrites the bytes of a packet.
    private static func destroyPacket(_ number: Int, of file: URL) throws {
        let folder = file.deletingLastPathComponent()
        let probe = try CommandRun.tool(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-show_entries", "packet=pos,size",
                "-of", "csv=p=0", file.lastPathComponent,
            ],
            in: folder
        )
        let fields = probe.text.split(separator: "\n")[number - 1].split(separator: ",")
        let (size, place) = (try #require(Int(fields[0])), try #require(Int(fields[1])))
        var bytes = try Data(contentsOf: file)
        for index in place..<place + size { bytes[index] = 0xFF }
        try bytes.write(to: file)
    }

    /// Ends the sequence in front of each keyframe but the first, where an access unit delimiter
    /// stands, so that leading pictures are skipped.
    private static func endSequences(of file: URL) throws {
        var bytes = try Data(contentsOf: file)
        let key = Data([0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 0, 1, 0x40])
        let end = Data([0, 0, 0, 1, 0x48, 1, 0])
        var place = try #require(bytes.range(of: key)).upperBound
        while let next = bytes.range(of: key, in: place..<bytes.count) {
            bytes.replaceSubrange(next.lowerBound..<next.lowerBound + end.count, with: end)
            place = next.upperBound
        }
        try bytes.write(to: file)
    }
}

@Suite("the census of packets")
struct CensusTests {
    private static let pictureByteCount = 128 * 96 * 3 / 2

    /// Every picture as ffmpeg decodes it with one thread.
    private static func pictures(of name: String, in folder: URL) throws -> [Data] {
        let run = try CommandRun.tool(
            "ffmpeg",
            [
                "-v", "quiet", "-threads", "1", "-i", name, "-fps_mode", "passthrough",
                "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
            ],
            in: folder
        )
        let bytes = run.output
        return stride(from: 0, to: bytes.count, by: pictureByteCount).map {
            Data(bytes[$0..<min(bytes.count, $0 + pictureByteCount)])
        }
    }

    @Test("makes picture N that of decoding everything", arguments: CensusClip.all)
    func numbers(clip: CensusClip) async throws {
        try await withTemporaryDirectory { folder in
            try clip.make(in: folder)
            let pictures = try Self.pictures(of: clip.name, in: folder)
            try #require(pictures.count > 40)
            let ingest = ["ingest", clip.name, "--to", "s", "--payload", "packets"]
            let stored = try CommandRun.sprocket(ingest, in: folder)
            #expect(stored.status == (clip.isDamaged ? 3 : 0), "\(stored.errors)")
            let count = pictures.count
            for number in [1, count / 3, count / 2, 2 * count / 3, count - 3, count] {
                let run = try CommandRun.sprocket(
                    ["cat", "s", "--as", "raw", "--frames", "\(number)"],
                    in: folder
                )
                let found = pictures.indices.filter { pictures[$0] == run.output }.map { $0 + 1 }
                #expect(found.contains(number), "\(number) is \(found) of \(count): \(run.errors)")
                #expect(!run.errors.contains("census"), "\(run.errors)")
            }
            let last = try CommandRun.sprocket(
                ["cat", "s", "--as", "raw", "--last", "2"],
                in: folder
            )
            #expect(last.output == pictures[count - 2] + pictures[count - 1])
            let behind = try CommandRun.sprocket(
                ["cat", "s", "--as", "raw", "--frames", "\(count + 1)..\(count + 9)"],
                in: folder
            )
            #expect(behind.output.isEmpty)
            let deep = try CommandRun.sprocket("verify", "s", "--deep", in: folder)
            #expect(deep.status == (clip.isDamaged ? 3 : 0), "\(deep.text)\(deep.errors)")
        }
    }

    @Test("is said to be missing, taken by reindex, and right over several sources")
    func reindex() async throws {
        try await withTemporaryDirectory { folder in
            let clips = ["eos.ts", "hidden.webm"].compactMap { name in
                CensusClip.all.first { $0.name == name }
            }
            var pictures: [Data] = []
            for clip in clips {
                try clip.make(in: folder)
                pictures += try Self.pictures(of: clip.name, in: folder)
                let run = try CommandRun.sprocket(
                    ["ingest", clip.name, "--to", "s", "--payload", "packets", "--no-census"],
                    in: folder
                )
                try #require(run.status == 0, "\(run.errors)")
            }
            let numbers = [20, pictures.count - 61, pictures.count - 59, pictures.count - 2]
            for (pass, count) in [2, 0].enumerated() {
                for number in numbers {
                    let cat = ["cat", "s", "--as", "raw", "--frames", "\(number)"]
                    let run = try CommandRun.sprocket(cat, in: folder)
                    #expect(run.output == pictures[number - 1], "\(number), \(run.errors)")
                    #expect(run.errors.contains("no census") == (pass == 0), "\(run.errors)")
                    let quiet = try CommandRun.sprocket(cat + ["--quiet"], in: folder)
                    #expect(quiet.errors.isEmpty && quiet.output == run.output)
                }
                let made = try CommandRun.sprocket("reindex", "s", "--json", in: folder)
                #expect(made.text.contains("\"appendedCensuses\":\(count)"), "\(made.text)")
            }
            let info = try CommandRun.sprocket("info", "s", in: folder)
            #expect(info.text.contains("60 pictures"), "\(info.text)")
        }
    }
}
