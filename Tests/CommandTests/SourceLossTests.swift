import Foundation
import TestSupport
import Testing

@Suite("what a source has lost becomes a gap, also where FFmpeg only logs it")
struct SourceLossTests {
    /// What an ingest of pictures and one of packets say: status, frames, and the gaps' texts.
    private struct Outcome {
        let status: Int32
        let frameCount: Int
        let gaps: [String]
        let errors: String
    }

    private func ingest(
        _ input: String,
        _ flags: [String] = [],
        in folder: URL
    ) throws -> [Outcome] {
        try ["raw", "packets"].map { payload in
            let stream = "s-\(payload)-\(UUID().uuidString)"
            let run = try CommandRun.sprocket(
                ["ingest", input, "--to", stream, "--payload", payload] + flags,
                in: folder
            )
            guard FileManager.default.fileExists(atPath: folder.path + "/" + stream) else {
                return Outcome(status: run.status, frameCount: 0, gaps: [], errors: run.errors)
            }
            let lines = try CommandRun.sprocket("cat", stream, "--as", "ndjson", in: folder).text
                .split(separator: "\n")
            return Outcome(
                status: run.status,
                frameCount: lines.count { $0.contains("\"type\":\"frame\"") },
                gaps: lines.filter { $0.contains("\"type\":\"gap\"") }.map(String.init),
                errors: run.errors
            )
        }
    }

    private func make(_ arguments: String, in folder: URL) throws {
        let run = try CommandRun.tool(
            "ffmpeg",
            ["-v", "error", "-y"] + arguments.split(separator: " ").map(String.init),
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
    }

    private static let source = "-f lavfi -i testsrc2=s=96x64:r=25:d=2"

    private func remove(_ name: String, in folder: URL) throws {
        try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }

    private func cut(_ name: String, to count: Int, in folder: URL) throws {
        let file = folder.appendingPathComponent(name)
        try Data(contentsOf: file).prefix(count).write(to: file)
    }

    @Test("segments that are absent from HLS and DASH")
    func segments() async throws {
        try await withTemporaryDirectory { folder in
            let codec = "\(Self.source) -c:v libx264 -g 10 -bf 0 -sc_threshold 0"
            try make("\(codec) -f hls -hls_time 0.4 -hls_playlist_type vod t.m3u8", in: folder)
            for whole in try ingest("t.m3u8", in: folder) {
                #expect(whole.status == 0 && whole.frameCount == 50, "\(whole.errors)")
            }
            try remove("t2.ts", in: folder)
            for lossy in try ingest("t.m3u8", in: folder) {
                #expect(lossy.status == 3, "\(lossy.errors)")
                #expect(lossy.frameCount == 40)
                #expect(lossy.gaps.count { $0.contains("segment 2 of playlist 0") } == 1)
                // It lies between the pictures in front of it and those behind.
                let gap = try #require(lossy.gaps.first { $0.contains("segment 2") })
                #expect(!gap.contains("\"afterOrdinal\":0,"), "\(gap)")
            }
            try make("\(codec) -f dash -seg_duration 0.4 d.mpd", in: folder)
            try remove("chunk-stream0-00003.m4s", in: folder)
            for lossy in try ingest("d.mpd", in: folder) {
                #expect(lossy.status == 3, "\(lossy.errors)")
                #expect(lossy.gaps.contains { $0.contains("Failed to open fragment") })
            }
        }
    }

    @Test("a variant of HLS is named, and what another one lacks is not missed")
    func variants() async throws {
        try await withTemporaryDirectory { folder in
            let codec = "-c:v libx264 -g 10 -bf 0 -f hls -hls_time 0.4 -hls_playlist_type vod"
            try make("\(Self.source) \(codec) a.m3u8", in: folder)
            try make("\(Self.source) -s 48x32 \(codec) b.m3u8", in: folder)
            try Data(
                """
                #EXTM3U
                #EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=96x64
                a.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=48x32
                b.m3u8

                """.utf8
            ).write(to: folder.appendingPathComponent("master.m3u8"))
            try remove("b1.ts", in: folder)
            let first = try ingest("master.m3u8", in: folder)[0]
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.contains("variant 1 of 2 is taken, 96x64 at 400000 bit/s"))
            let second = try ingest("master.m3u8", ["--video-stream", "1"], in: folder)[0]
            #expect(second.status == 3, "\(second.errors)")
            #expect(second.errors.contains("variant 2 of 2 is taken, 48x32 at 100000 bit/s"))
        }
    }

    @Test("files of a list, numbers of a sequence, pages of an image")
    func lists() async throws {
        try await withTemporaryDirectory { folder in
            try make("\(Self.source) -frames:v 5 -c:v mpeg4 a.mp4", in: folder)
            try Data("ffconcat version 1.0\nfile a.mp4\nfile no.mp4\nfile a.mp4\n".utf8)
                .write(to: folder.appendingPathComponent("l.ffconcat"))
            for lossy in try ingest("l.ffconcat", in: folder) {
                #expect(lossy.status == 3 && lossy.frameCount == 5, "\(lossy.errors)")
                let said = lossy.gaps.first { $0.contains("Impossible to open") }
                #expect(said?.contains("no.mp4'") == true, "\(lossy.gaps)")
            }
            try make("\(Self.source) -frames:v 9 -s 16x16 n_%d.png", in: folder)
            for name in ["n_4.png", "n_7.png", "n_8.png"] { try remove(name, in: folder) }
            let images = try ingest("n_%d.png", in: folder)[0]
            #expect(images.status == 3 && images.frameCount == 6, "\(images.errors)")
            #expect(images.gaps.count == 2)
            #expect(images.gaps.first?.contains("image 4 of the sequence is missing") == true)
            #expect(images.gaps.last?.contains("7 to 8") == true)
            for (index, number) in [33, 67, 100, 133, 167].enumerated() {
                try FileManager.default.copyItem(
                    atPath: folder.path + "/n_\([1, 2, 3, 5, 6][index]).png",
                    toPath: folder.path + "/t_\(number).png"
                )
            }
            #expect(try ingest("t_%d.png", in: folder)[0].status == 0)
            try pages(2).write(to: folder.appendingPathComponent("p.tif"))
            try pages(1).write(to: folder.appendingPathComponent("o.tif"))
            let two = try ingest("p.tif", in: folder)[0]
            #expect(two.status == 3 && two.frameCount == 1, "\(two.errors)")
            #expect(two.gaps.first?.contains("2 pages") == true)
            #expect(try ingest("o.tif", in: folder)[0].status == 0)
        }
    }

    /// A TIFF file of gray pages of 2 x 2 pixels, each with its directory behind its pixels.
    private func pages(_ count: Int) -> Data {
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 12, 0, 0, 0]
        for page in 0..<count {
            bytes += [10, 60, 110, 160]
            let pixels = bytes.count - 4
            let fields: [(tag: Int, value: Int)] = [
                (256, 2), (257, 2), (258, 8), (259, 1), (262, 1), (273, pixels), (277, 1), (278, 2),
                (279, 4),
            ]
            bytes += [UInt8(fields.count), 0]
            for field in fields {
                bytes += [UInt8(field.tag & 255), UInt8(field.tag >> 8), 4, 0, 1, 0, 0, 0]
                bytes += [UInt8(field.value & 255), UInt8(field.value >> 8), 0, 0]
            }
            let next = page + 1 < count ? bytes.count + 8 : 0
            bytes += [UInt8(next & 255), UInt8(next >> 8), 0, 0]
        }
        return Data(bytes)
    }

    @Test("files that end too early, whatever their container")
    func truncated() async throws {
        try await withTemporaryDirectory { folder in
            try make("\(Self.source) -c:v mpeg4 -g 10 a.mkv", in: folder)
            for name in ["a.avi", "f.mp4", "i.mp4", "l.webm"] {
                let flags = name == "f.mp4" ? "-movflags frag_keyframe+empty_moov" : ""
                let codec = name == "l.webm" ? "-c:v libvpx -live 1" : "-c copy"
                let faststart = name == "i.mp4" ? "-movflags faststart" : ""
                try make("-i a.mkv \(codec) \(flags) \(faststart) \(name)", in: folder)
            }
            for name in ["a.mkv", "a.avi", "f.mp4", "i.mp4", "l.webm"] {
                let whole = try ingest(name, in: folder)
                #expect(whole.allSatisfy { $0.status == 0 }, "\(name): \(whole[0].errors)")
            }
            for name in ["a.mkv", "a.avi", "f.mp4", "i.mp4"] {
                let size = try Data(contentsOf: folder.appendingPathComponent(name)).count
                try cut(name, to: size * 2 / 3, in: folder)
                for lossy in try ingest(name, in: folder) {
                    #expect(lossy.status == 3, "\(name): \(lossy.errors)")
                    #expect(lossy.gaps.contains { $0.contains("\"truncated\"") }, "\(name)")
                }
            }
        }
    }

    @Test("pictures that go on in another stream, and pictures that are encrypted")
    func elsewhere() async throws {
        try await withTemporaryDirectory { folder in
            let codec = "-c:v libx264 -g 25 -bf 0 -f mpegts"
            try make("\(Self.source) \(codec) -mpegts_start_pid 256 a.ts", in: folder)
            try make(
                "\(Self.source) -output_ts_offset 2 \(codec) -mpegts_start_pid 300 b.ts",
                in: folder
            )
            var joined = try Data(contentsOf: folder.appendingPathComponent("a.ts"))
            joined.append(try Data(contentsOf: folder.appendingPathComponent("b.ts")))
            try joined.write(to: folder.appendingPathComponent("moved.ts"))
            for lossy in try ingest("moved.ts", in: folder) {
                #expect(lossy.status == 3 && lossy.frameCount == 50, "\(lossy.errors)")
                #expect(lossy.gaps.contains { $0.contains("the video goes on in stream 1") })
            }
            // Two programs that run side by side are two programs.
            try make("-i a.ts -i a.ts -map 0:v -map 1:v -c copy -f mpegts two.ts", in: folder)
            #expect(try ingest("two.ts", in: folder)[0].status == 0)
            let key = "00112233445566778899aabbccddeeff"
            try make(
                "-i a.ts -c copy -encryption_scheme cenc-aes-ctr -encryption_key \(key) "
                    + "-encryption_kid \(key) e.mp4",
                in: folder
            )
            for locked in try ingest("e.mp4", in: folder) {
                #expect(locked.status == 65 && locked.frameCount == 0)
                #expect(locked.errors.contains("are encrypted"))
            }
        }
    }

    @Test("waiting for a live playlist is said, once a wait")
    func waits() async throws {
        try await withTemporaryDirectory { folder in
            // Of segments shorter than half a second the length is written as 0, and nobody waits.
            try make(
                "\(Self.source) -c:v libx264 -g 25 -f hls -hls_time 1 -hls_list_size 0 "
                    + "-hls_flags omit_endlist live.m3u8",
                in: folder
            )
            let program = CommandRun.program.path
            let run = try CommandRun.tool(
                "sh",
                "-c",
                """
                '\(program)' ingest live.m3u8 --to s 2> said & id=$!
                for i in $(seq 300); do grep -q 'more of the live playlist' said && break; sleep 0.1; done
                kill -TERM $id; wait $id; cat said
                """,
                in: folder
            )
            #expect(run.text.contains("live.m3u8: nothing has come for"))
            #expect(run.text.split(separator: "live playlist").count == 2, "said more than once")
        }
    }

    @Test(
        "media that is cut off inside of its last picture",
        arguments: [
            ("c.y4m", ""), ("c.dv", "-s 720x576 -pix_fmt yuv420p -c:v dvvideo"), ("c.gif", ""),
            ("c.ogv", "-c:v libtheora"), ("c.ivf", "-c:v libvpx"),
            ("c.obu", "-c:v libaom-av1 -cpu-used 8 -f obu"), ("c.flv", "-c:v flv"),
        ]
    )
    func cutPictures(name: String, codec: String) async throws {
        try await withTemporaryDirectory { folder in
            try make("-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 \(codec) \(name)", in: folder)
            for whole in try ingest(name, in: folder) {
                #expect(whole.status == 0 && whole.gaps.isEmpty, "\(whole.errors) \(whole.gaps)")
            }
            let size = try Data(contentsOf: folder.appendingPathComponent(name)).count
            try cut(name, to: size * 95 / 100, in: folder)
            for lossy in try ingest(name, in: folder) {
                #expect(lossy.status == 3, "\(lossy.errors)")
                #expect(lossy.gaps.contains { $0.contains("truncated") }, "\(lossy.gaps)")
            }
        }
    }

    @Test("a block of Matroska that belongs to no track")
    func strangeBlock() async throws {
        try await withTemporaryDirectory { folder in
            try make("\(Self.source) -c:v mjpeg c.mkv", in: folder)
            let packets = try ContainerTools.probe("packet=pos,size", of: "c.mkv", in: folder)
                .map { $0.split(separator: ",").compactMap { Int($0) } }
            let place = try #require(packets.dropFirst(20).first?.last)
            let file = folder.appendingPathComponent("c.mkv")
            var data = try Data(contentsOf: file)
            // Where the packet is said to stand, the number of its track does.
            for index in place..<(place + 4) { data[index] = 0xFF }
            try data.write(to: file)
            for lossy in try ingest("c.mkv", in: folder) {
                #expect(lossy.status == 3 && lossy.frameCount == 49, "\(lossy.errors)")
            }
        }
    }
}
