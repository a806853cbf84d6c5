import Foundation
import TestSupport
import Testing

@Suite("what a container states reaches the frames and the files made of them")
struct ContainerStatementTests {
    private typealias Tools = ContainerTools

    private static let source = "testsrc2=size=96x64:rate=10:duration=0.6"

    /// A clip whose container says 4:3 and whose coded stream says 1:1.
    private static func makeConflict(in folder: URL) throws {
        try Tools.ffmpeg(
            "-f lavfi -i \(source) -vf setsar=1/1 -c:v libx264 -bf 0 a.mp4",
            in: folder
        )
        try Tools.ffmpeg("-i a.mp4 -c copy -aspect 2:1 c.mp4", in: folder)
    }

    @Test("pixels have the aspect of the container, in frames, copies and encodings")
    func aspectOfContainer() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeConflict(in: folder)
            for payload in ["raw", "packets"] {
                try Tools.sprocket("ingest c.mp4 --to \(payload) --payload \(payload)", in: folder)
                let ratios = try Tools.frames(of: payload, in: folder).map {
                    $0["sampleAspectRatio"] as? String
                }
                #expect(ratios.count == 6 && ratios.allSatisfy { $0 == "4:3" }, "\(ratios)")
            }
            try Tools.sprocket("cat packets --as y4m", in: folder).output
                .write(to: folder.appendingPathComponent("p.y4m"))
            #expect(
                try Tools.probe("stream=sample_aspect_ratio", of: "p.y4m", in: folder) == ["4:3"]
            )
            for file in ["o.mp4", "o.mkv", "o.avi"] {
                try Tools.sprocket("export video raw --to \(file)", in: folder)
                #expect(
                    try Tools.probe("frame=sample_aspect_ratio", of: file, in: folder)
                        == Array(repeating: "4:3", count: 6)
                )
            }
            try Tools.sprocket("export video packets --to k.mkv --codec copy", in: folder)
            #expect(
                try Tools.probe("stream=sample_aspect_ratio", of: "k.mkv", in: folder) == ["4:3"]
            )
            // MPEG-TS has no place for it.
            let lossy = try Tools.sprocket(
                "export video packets --to k.ts --codec copy",
                in: folder
            )
            #expect(lossy.errors.contains("does not state that pixels are 4:3"), "\(lossy.errors)")
        }
    }

    @Test("an aspect that changes midway is that of each picture, and said where one holds for all")
    func aspectChange() async throws {
        try await withTemporaryDirectory { folder in
            for (index, ratio) in ["1/1", "16/11"].enumerated() {
                try Tools.ffmpeg(
                    """
                    -f lavfi -i \(Self.source) -vf setsar=\(ratio) -c:v libx264 -bf 0 -f h264 \(index).h264
                    """,
                    in: folder
                )
            }
            var bytes = try Data(contentsOf: folder.appendingPathComponent("0.h264"))
            bytes += try Data(contentsOf: folder.appendingPathComponent("1.h264"))
            try bytes.write(to: folder.appendingPathComponent("m.h264"))
            try Tools.ffmpeg("-i m.h264 -c copy m.ts", in: folder)
            let wanted = try Tools.probe("frame=sample_aspect_ratio", of: "m.ts", in: folder)
            #expect(Set(wanted) == ["1:1", "16:11"])
            for payload in ["raw", "packets"] {
                try Tools.sprocket("ingest m.ts --to \(payload) --payload \(payload)", in: folder)
            }
            let found = try Tools.frames(of: "raw", in: folder)
            #expect(found.map { $0["sampleAspectRatio"] as? String } == wanted)
            let encoded = try Tools.sprocket("export video raw --to o.mp4", in: folder)
            #expect(
                encoded.errors.contains("from frame 7 on, pixels are 16:11"),
                "\(encoded.errors)"
            )
            let copied = try Tools.sprocket(
                "export video packets --to c.mkv --codec copy",
                in: folder
            )
            #expect(copied.errors.contains("pixels of another shape"), "\(copied.errors)")
        }
    }

    @Test(
        "alpha beside the packets is decoded, by number too; a copy keeps and states it, and so do encoders",
        arguments: [("libvpx-vp9", "vp9"), ("libvpx", "vp8")]
    )
    func alpha(encoder: String, codec: String) async throws {
        try await withTemporaryDirectory { folder in
            try Tools.ffmpeg(
                """
                -f lavfi -i \(Self.source) -vf \
                format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='2*X+9*N' \
                -c:v \(encoder) -auto-alt-ref 0 -g 3 a.webm
                """,
                in: folder
            )
            let wanted = try Tools.pictures(of: "a.webm", decoder: encoder, in: folder)
            let byteCount = 96 * 64 * 5 / 2
            try #require(wanted.count == 6 * byteCount)
            for payload in ["raw", "packets"] {
                try Tools.sprocket("ingest a.webm --to \(payload) --payload \(payload)", in: folder)
                #expect(try Tools.sprocket("cat \(payload) --as raw", in: folder).output == wanted)
                let fifth = try Tools.sprocket("cat \(payload) --as raw --frames 5", in: folder)
                #expect(fifth.output == wanted[(4 * byteCount)..<(5 * byteCount)])
            }
            for file in ["c.webm", "c.mkv"] {
                try Tools.sprocket("export video packets --to \(file) --codec copy", in: folder)
                #expect(try Tools.probe("stream_tags=alpha_mode", of: file, in: folder) == ["1"])
                #expect(try Tools.pictures(of: file, decoder: encoder, in: folder) == wanted)
            }
            let refused = try Tools.sprocket(
                "export video packets --to c.mp4 --codec copy",
                in: folder,
                status: 64
            )
            #expect(refused.errors.contains("alpha of \(codec)"), "\(refused.errors)")
            try Tools.sprocket("export video raw --to e.webm --codec \(codec)", in: folder)
            #expect(try Tools.probe("stream_tags=alpha_mode", of: "e.webm", in: folder) == ["1"])
            let coded = try Tools.pictures(of: "e.webm", decoder: encoder, in: folder)
            try #require(coded.count == wanted.count)
            let places = (1...6).flatMap { ($0 * byteCount - 96 * 64)..<($0 * byteCount) }
            let difference = places.reduce(0) { $0 + abs(Int(coded[$1]) - Int(wanted[$1])) }
            #expect(difference < 8 * places.count, "alpha is another one")
        }
    }

    @Test("a copy keeps the tag by which decoders go")
    func codecTag() async throws {
        try await withTemporaryDirectory { folder in
            try Tools.ffmpeg(
                "-f lavfi -i \(Self.source) -vf format=yuva444p10le -c:v prores_ks a.mov",
                in: folder
            )
            try Tools.sprocket("ingest a.mov --to s --payload packets", in: folder)
            let wanted = try Tools.pictures(of: "a.mov", in: folder)
            for file in ["c.mkv", "c.mov", "c.avi"] {
                try Tools.sprocket("export video s --to \(file) --codec copy", in: folder)
                #expect(
                    try Tools.probe("stream=codec_tag_string,pix_fmt", of: file, in: folder)
                        == ["ap4h,yuva444p12le"]
                )
                #expect(try Tools.pictures(of: file, in: folder) == wanted)
            }
        }
    }

    @Test(
        "fields stay fields in what is encoded, or it is said that they do not",
        arguments: [("interleave_top", "1"), ("interleave_bottom", "0")]
    )
    func fields(mode: String, isTopFirst: String) async throws {
        try await withTemporaryDirectory { folder in
            try Tools.ffmpeg(
                """
                -f lavfi -i testsrc2=size=96x64:rate=20:duration=0.6 -vf tinterlace=\(mode) \
                -flags +ildct+ilme -c:v mpeg2video a.ts
                """,
                in: folder
            )
            try Tools.sprocket("ingest a.ts --to s", in: folder)
            let entries = "frame=interlaced_frame,top_field_first"
            let wanted = Array(repeating: "1,\(isTopFirst)", count: 6)
            #expect(try Tools.probe(entries, of: "a.ts", in: folder) == wanted)
            for (file, codec) in [
                ("o.mp4", "h264"), ("o.mkv", "ffv1"), ("o.ts", "h264"), ("p.mov", "prores"),
            ] {
                let format = codec == "prores" ? " --pixel-format yuv422p10le" : ""
                try Tools.sprocket(
                    "export video s --to \(file) --codec \(codec)\(format)",
                    in: folder
                )
                #expect(try Tools.probe(entries, of: file, in: folder) == wanted, "\(file)")
            }
            let said = try Tools.sprocket("export video s --to h.mkv --codec hevc", in: folder)
            #expect(said.errors.contains("codes no fields"), "\(said.errors)")
            let lost = try Tools.sprocket("export video s --to v.webm", in: folder)
            #expect(lost.errors.contains("which field comes first"), "\(lost.errors)")
        }
    }

    /// What `ffprobe` says of two views side by side. FFmpeg 7.1 writes into MP4 a second box that
    /// leaves the packing open, and reads that one alone; so the box that others read is looked
    /// for.
    private static func stereo(in file: String, _ folder: URL) throws -> [String] {
        guard file.hasSuffix("mp4") else { return ["Stereo 3D", "side by side"] }
        let bytes = try Data(contentsOf: folder.appendingPathComponent(file))
        let box = Data("st3d".utf8) + [0, 0, 0, 0, 2]
        #expect(bytes.range(of: box) != nil, "\(file): no box of side by side")
        return ["Stereo 3D"] + (FFmpegCommand.release < 7 ? ["side by side"] : [])
    }

    @Test("two views in a picture, and the light of the display, go from container to container")
    func sideData() async throws {
        try await withTemporaryDirectory { folder in
            try Tools.ffmpeg(
                """
                -f lavfi -i \(Self.source) -c:v libx264 -metadata:s:v stereo_mode=left_right s.mkv
                """,
                in: folder
            )
            try Tools.ffmpeg(
                """
                -f lavfi -i \(Self.source) -pix_fmt yuv420p10le -c:v libx265 -x265-params \
                log-level=error:master-display=G(13250,34500)B(7500,3000)R(34000,16000)\
                WP(15635,16450)L(10000000,1):max-cll=1000,400 h.mp4
                """,
                in: folder
            )
            // VP9 has no place for the light: only the container states it.
            try Tools.sprocket("ingest h.mp4 --to h", in: folder)
            try Tools.sprocket("export video h --to h.webm", in: folder)
            for payload in ["raw", "packets"] {
                for file in ["s.mkv", "h.webm"] {
                    let stream = "\(file).\(payload)"
                    try Tools.sprocket(
                        "ingest \(file) --to \(stream) --payload \(payload)",
                        in: folder
                    )
                    let flags = payload == "raw" ? "" : " --codec copy"
                    for target in ["mp4", "mkv"].map({ "\(stream).\($0)" }) {
                        try Tools.sprocket(
                            "export video \(stream) --to \(target)\(flags)",
                            in: folder
                        )
                        let found = try Tools.probe("stream_side_data", of: target, in: folder)
                            .joined(separator: ",")
                        let wanted =
                            file == "s.mkv"
                            ? try Self.stereo(in: target, folder)
                            : [
                                "Mastering display metadata", "Content light", "1000",
                                // Matroska has floating-point numbers.
                                target.hasSuffix("mkv") ? "17/25" : "34000/50000",
                            ]
                        for text in wanted { #expect(found.contains(text), "\(stream): \(found)") }
                    }
                }
            }
            let lost = try Tools.sprocket(
                "export video s.mkv.packets --to l.mov --codec copy",
                in: folder
            )
            #expect(lost.errors.contains("stereo"), "\(lost.errors)")
        }
    }
}
