import Foundation
import TestSupport
import Testing

@Suite("an edit list is no loss")
struct EditListTests {
    private func make(_ arguments: String, in folder: URL) throws {
        let run = try CommandRun.tool(
            "ffmpeg",
            ["-v", "error", "-y"] + arguments.split(separator: " ").map(String.init),
            in: folder
        )
        try #require(run.status == 0, "\(run.errors)")
    }

    /// Puts an edit list into the place of the one that FFmpeg has written: each entry with its
    /// length, in the movie's time scale, and its start in the media's, -1 for nothing to show.
    private func edit(
        _ name: String,
        _ entries: [(length: Int32, start: Int32)],
        to: String,
        in folder: URL
    ) throws {
        var bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        func number(at offset: Int) -> Int {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        func big(_ value: Int32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        func place(of box: String) throws -> Int {
            try #require(bytes.firstRange(of: Array(box.utf8))?.lowerBound) - 4
        }
        let list = try place(of: "elst")
        let old = number(at: list)
        var new: [UInt8] = Array("elst".utf8) + [0, 0, 0, 0] + big(Int32(entries.count))
        for entry in entries { new += big(entry.length) + big(entry.start) + [0, 1, 0, 0] }
        new = big(Int32(new.count + 4)) + new
        let growth = new.count - old
        for box in ["moov", "trak", "edts"] {
            let offset = try place(of: box)
            let size = big(Int32(number(at: offset) + growth))
            bytes.replaceSubrange(offset..<offset + 4, with: size)
        }
        bytes.replaceSubrange(list..<list + old, with: new)
        try Data(bytes).write(to: folder.appendingPathComponent(to))
    }

    private func shownCount(_ name: String, in folder: URL) throws -> Int {
        try CommandRun.tool(
            "ffmpeg",
            "-v",
            "error",
            "-threads",
            "1",
            "-i",
            name,
            "-fps_mode",
            "passthrough",
            "-f",
            "framehash",
            "-",
            in: folder
        ).text.split(separator: "\n").count { !$0.hasPrefix("#") }
    }

    @Test("trims, delays and repeats, and files cut by ffmpeg, have lost nothing")
    func edits() async throws {
        try await withTemporaryDirectory { folder in
            // The index stands behind the pictures, so that a longer one moves none.
            let source = "-f lavfi -i testsrc2=s=96x64:r=25:d=2"
            try make("\(source) -c:v libx264 -g 10 -bf 2 -sc_threshold 0 whole.mp4", in: folder)
            let second: Int32 = 12800
            let lists: [(String, [(length: Int32, start: Int32)])] = [
                ("trim.mp4", [(800, 1024 + second / 4)]),
                ("twice.mp4", [(400, 1024), (400, 1024)]),
                ("delay.mp4", [(500, -1), (2000, 1024)]),
                ("end.mp4", [(600, 1024)]),
            ]
            for (name, list) in lists { try edit("whole.mp4", list, to: name, in: folder) }
            try make("-ss 0.5 -i whole.mp4 -t 0.6 -c copy cut.mp4", in: folder)
            try make("-itsoffset 1 -i whole.mp4 -c copy late.mov", in: folder)
            try make("-i whole.mp4 -c copy -movflags frag_keyframe mvex.mp4", in: folder)
            for name in lists.map(\.0) + ["whole.mp4", "cut.mp4", "late.mov", "mvex.mp4"] {
                let shown = try shownCount(name, in: folder)
                let run = try CommandRun.sprocket("ingest", name, "--to", "r-\(name)", in: folder)
                #expect(run.status == 0, "\(name): \(run.errors)")
                let text = try CommandRun.sprocket(
                    "cat",
                    "r-\(name)",
                    "--as",
                    "ndjson",
                    in: folder
                ).text
                let count = text.split(separator: "\n").count { $0.contains("\"type\":\"frame\"") }
                #expect(count == shown && count > 0, "\(name): \(count) of \(shown)")
                let packets = try CommandRun.sprocket(
                    "ingest",
                    name,
                    "--to",
                    "p-\(name)",
                    "--payload",
                    "packets",
                    in: folder
                )
                #expect(packets.status == 0, "\(name): \(packets.errors)")
            }
        }
    }

    @Test("a trimmed file that is cut off says so, and by how much")
    func cutOff() async throws {
        try await withTemporaryDirectory { folder in
            let source = "-f lavfi -i testsrc2=s=96x64:r=25:d=2"
            try make("\(source) -c:v libx264 -g 10 -bf 2 -sc_threshold 0 whole.mp4", in: folder)
            try make("-ss 0.5 -i whole.mp4 -c copy -movflags faststart cut.mp4", in: folder)
            let file = folder.appendingPathComponent("cut.mp4")
            let data = try Data(contentsOf: file)
            try data.prefix(data.count * 2 / 3).write(to: file)
            let run = try CommandRun.sprocket(
                "ingest",
                "cut.mp4",
                "--to",
                "s",
                "--payload",
                "packets",
                in: folder
            )
            #expect(run.status == 3)
            let text = try CommandRun.sprocket("cat", "s", "--as", "ndjson", in: folder).text
            let packets = try CommandRun.tool(
                "ffprobe",
                "-v",
                "error",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                "cut.mp4",
                in: folder
            ).text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(text.contains("the file ends after \(packets) of "), "\(text.suffix(400))")
        }
    }

    @Test("a copy into a container without edit lists leaves the end out, and says what it shows")
    func copies() async throws {
        try await withTemporaryDirectory { folder in
            let source = "-f lavfi -i testsrc2=s=96x64:r=25:d=2"
            try make("\(source) -c:v libx264 -g 10 -bf 0 -sc_threshold 0 whole.mp4", in: folder)
            // 30 of 50 frames each: from the first on, and from one inside of a group on.
            try edit("whole.mp4", [(1200, 0)], to: "end.mp4", in: folder)
            try edit("whole.mp4", [(1200, 8 * 512)], to: "head.mp4", in: folder)
            let wanted: [(name: String, status: Int32, count: Int)] = [
                ("end", 0, 30), ("head", 3, 38),
            ]
            for (name, status, count) in wanted {
                try ContainerTools.sprocket(
                    "ingest \(name).mp4 --to \(name) --payload packets",
                    in: folder
                )
                let run = try ContainerTools.sprocket(
                    "export video \(name) --to \(name).mkv --codec copy",
                    in: folder,
                    status: status
                )
                #expect(try shownCount("\(name).mkv", in: folder) == count)
                if status == 3 { #expect(run.errors.contains("shows 38 frames, and 30 were")) }
            }
        }
    }
}
