import Foundation
import TestSupport
import Testing

@Suite("names of files are bytes")
struct FileNameTests {
    /// Runs lines of a shell, in which `$S` is the program.
    private static func shell(_ script: String, in folder: URL) throws -> CommandRun {
        let program = CommandRun.program.path
        return try CommandRun.tool("sh", "-c", "set -e; S='\(program)'\n\(script)", in: folder)
    }

    private struct Info: Decodable {
        struct Source: Decodable {
            let name: String
            let nameBytes: String?
        }
        let stream: String
        let streamBytes: String?
        let sources: [Source]
    }

    @Test("inputs, streams, folders and videos whose names are no UTF-8")
    func everywhere() async throws {
        try await withTemporaryDirectory { folder in
            let run = try Self.shell(
                #"""
                $S sample plain.mp4 --frames 3 --size 96x64
                F=$(printf 'caf\351 \377.mp4'); T=$(printf 's\351'); D=$(printf 'd\377/deep')
                cp plain.mp4 "$F"
                $S ingest plain.mp4 --to plain; $S ingest "$F" --to "$T"; $S ingest "$F" --to "$T"
                $S cat plain --as raw > a; $S cat "$T" --as raw > b; cmp a b
                $S export images "$T" --to "$D" --name '{stream}-{sequence}.png'
                $S export images "$T" --to "$D" --name '{stream}-{sequence}.png'
                test "$(ls "$D" | wc -l)" = 4; test -s "$D/$T-3.png"
                $S export video "$T" --to "$(printf 'v\351.mp4')"
                $S export video "$T" --to "$(printf 'l\351.m3u8')"
                ffmpeg -v error -i "file:$(printf 'v\351.mp4')" -i "$(printf 'l\351.m3u8')" -f null -
                $S copy "$T" "$(printf 'c\351')"; $S verify "$(printf 'c\351')"
                cp -r "$D" "$(printf 'n\351')"; D=$(printf 'n\351')
                for i in 1 2 3; do mv "$D/$T-$i.png" "$D/$(printf 'i\376')_$i.png"; done
                $S ingest "$D/$(printf 'i\376')_%d.png" --to numbered
                $S streams list . --json
                $S info "$T" --json
                """#,
                in: folder
            )
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains(#"caf\xE9 \xFF.mp4 is in s\xE9 already"#), "\(run.errors)")
            #expect(run.errors.contains(#"n\xE9/i\xFE_%d.png: 3 frames"#), "\(run.errors)")
            let lines = run.text.split(separator: "\n")
            #expect(lines.contains { $0.contains(#""name":"c\\xE9","nameBytes":"Y+k=""#) })
            let last = try #require(lines.last)
            let info = try JSONDecoder().decode(Info.self, from: Data(last.utf8))
            #expect(info.stream == #"s\xE9"# && info.streamBytes == "c+k=")
            #expect(info.sources.map(\.name) == [#"caf\xE9 \xFF.mp4"#])
            #expect(info.sources.map(\.nameBytes) == ["Y2Fm6SD/Lm1wNA=="])
            let missing = try Self.shell(#"$S ingest "$(printf 'no\351')" --to x"#, in: folder)
            #expect(missing.status == 66 && missing.errors.contains(#"no file no\xE9"#))
        }
    }

    @Test("a name that looks like one shown is told from it")
    func backslashes() async throws {
        try await withTemporaryDirectory { folder in
            let run = try Self.shell(
                #"""
                $S sample p.mp4 --frames 1 --size 96x64
                cp p.mp4 'a\xE9.mp4'; $S sample "$(printf 'a\351.mp4')" --frames 2 --size 96x64
                cp p.mp4 'C:\a.mp4'
                $S ingest 'a\xE9.mp4' "$(printf 'a\351.mp4')" --to s
                $S ingest --every 2 './C:\a.mp4' --to s
                $S info s --json
                """#,
                in: folder
            )
            try #require(run.status == 0, "\(run.errors)")
            let info = try JSONDecoder().decode(Info.self, from: run.output)
            #expect(info.sources.map(\.name) == [#"a\xE9.mp4"#, #"a\xE9.mp4"#, #"./C:\a.mp4"#])
            #expect(info.sources.map(\.nameBytes) == [nil, "YekubXA0", nil])
            let text = try Self.shell("$S info s", in: folder).text
            #expect(text.contains(#"1: a\x5CxE9.mp4 ("#) && text.contains(#"2: a\xE9.mp4 ("#))
        }
    }

    @Test(
        "a command that is not there is answered with the nearest",
        arguments: [
            (["ingset", "c.mp4"], "'sprocket ingest'"),
            (["export", "image", "s"], "'sprocket export images'"),
            (["help", "coppy"], "'sprocket copy'"),
            (["images", "s"], "'sprocket export images'"), (["verfy"], "'sprocket verify'"),
            (["streams", "lst"], "'sprocket streams list'"), (["xyzzy"], "there are ingest, cat,"),
        ]
    )
    func commands(arguments: [String], words: String) async throws {
        try await withTemporaryDirectory { folder in
            let run = try CommandRun.sprocket(arguments, in: folder)
            #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}

@Suite("an input without a picture is refused")
struct NoPictureTests {
    /// A clip of three packets that no decoder takes.
    private static func makeBad(_ name: String, in folder: URL) throws {
        let made = try CommandRun.tool(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=5", "-frames:v", "3",
                "-c:v", "png", "good.mkv",
            ],
            in: folder
        )
        try #require(made.status == 0, "\(made.errors)")
        var bytes = try Data(contentsOf: folder.appendingPathComponent("good.mkv"))
        while let found = bytes.range(of: Data([0x89]) + Data("PNG".utf8)) {
            bytes[found.upperBound - 1] = UInt8(ascii: "X")
        }
        try bytes.write(to: folder.appendingPathComponent(name))
    }

    @Test("none of the packets gives a picture: 65, the reason, and no stream is left")
    func refused() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeBad("bad.mkv", in: folder)
            let run = try CommandRun.sprocket("ingest", "bad.mkv", "--to", "s", in: folder)
            #expect(run.status == 65, "\(run.errors)")
            #expect(run.errors.contains("none of the packets of bad.mkv gives a picture: "))
            #expect(run.errors.contains("png"), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
            // What was there before stays.
            _ = try CommandRun.sprocket("ingest", "good.mkv", "--to", "s", in: folder)
            #expect(
                try CommandRun.sprocket("ingest", "bad.mkv", "--to", "s", in: folder).status == 65
            )
            let cat = try CommandRun.sprocket("verify", "s", in: folder)
            #expect(cat.status == 0, "\(cat.errors)")
            let again = try CommandRun.sprocket("ingest", "good.mkv", "--to", "s", in: folder)
            #expect(again.status == 0 && again.errors.contains("already"), "\(again.errors)")
        }
    }

    @Test("an empty selection and an empty stream are no faults")
    func empty() async throws {
        try await withTemporaryDirectory { folder in
            try Self.makeBad("bad.mkv", in: folder)
            for arguments in [
                ["ingest", "good.mkv", "--start", "100", "--to", "none"],
                ["streams", "create", "empty"], ["cat", "empty", "--as", "raw"],
                ["cat", "none", "--as", "raw"], ["export", "images", "empty", "--to", "i"],
                ["ingest", "good.mkv", "--payload", "packets", "--to", "p"],
                ["cat", "p", "--as", "raw", "--frames", "9"],
            ] {
                let run = try CommandRun.sprocket(arguments, in: folder)
                #expect(run.status == 0, "\(arguments): \(run.errors)")
            }
        }
    }
}
