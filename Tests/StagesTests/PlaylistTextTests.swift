import Foundation
import TestSupport
import Testing

@testable import Stages

@Suite("what a playlist names")
struct PlaylistTextTests {
    @Test("HLS: segments, initialisation, keys, renditions; what may still grow")
    func hls() throws {
        let text = """
            #EXTM3U
            #EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x1
            #EXT-X-MAP:URI="init.mp4"
            # a comment with URI="no.mp4"
            #EXTINF:2,
            a.m4s
            #EXTINF:2,\r
            sub/b c.m4s\r

            """
        let playlist = try #require(PlaylistText(text))
        #expect(playlist.names == ["key.bin", "init.mp4", "a.m4s", "sub/b c.m4s"])
        #expect(playlist.mayGrow)
        #expect(try #require(PlaylistText(text + "#EXT-X-ENDLIST\n")).mayGrow == false)
        #expect(PlaylistText("no playlist") == nil)
    }

    @Test("ffconcat: words with quotes and backslashes as FFmpeg reads them")
    func concat() throws {
        let text = #"""
            ffconcat version 1.0
            # file no
            file a.mp4
            duration 3
            file 'it'\''s b.mp4'
              file c\ d.mp4 trailing
            """#
        #expect(try #require(PlaylistText(text)).names == ["a.mp4", "it's b.mp4", "c d.mp4"])
    }

    @Test("DASH: templates, lists and bases")
    func dash() throws {
        let text = """
            <?xml version="1.0"?><!-- <BaseURL>no</BaseURL> -->
            <MPD><BaseURL>m/</BaseURL><Period>
            <AdaptationSet><SegmentTemplate initialization="i-$RepresentationID$.m4s"
              media="s-$RepresentationID$-$Number%05d$.m4s"/>
            <Representation id="0"/></AdaptationSet>
            <AdaptationSet><Representation id="1"><BaseURL>v&amp;1.mp4</BaseURL></Representation>
            </AdaptationSet></Period></MPD>
            """
        let playlist = try #require(PlaylistText(text))
        #expect(playlist.isComplete)
        for name in ["m/v&1.mp4", "m/s-\0-\0.m4s", "m/i-\0.m4s"] {
            #expect(playlist.names.contains(name), "\(playlist.names)")
        }
        let remote = text.replacing("<Period>", with: "<Period xlink:href=\"x\">")
        #expect(try #require(PlaylistText(remote)).isComplete == false)
    }

    @Test("lists in lists are followed, each file counts once, and what is elsewhere is noticed")
    func files() async throws {
        try await withTemporaryDirectory { folder in
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            }
            func names(_ name: String) throws -> [String] {
                let path = folder.appendingPathComponent(name).path
                return try #require(SourceFiles(file: path)).files.map(\.name)
            }
            try write("a.ts", "a")
            let segments = ["a.ts", "a.ts", "x.ts"].map { "#EXTINF:1,\n\($0)\n" }.joined()
            try write("media.m3u8", "#EXTM3U\n" + segments)
            try write("master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8\n")
            #expect(try names("master.m3u8") == ["master.m3u8", "media.m3u8", "a.ts", "x.ts"])
            try write("s-1.m4s", "1")
            try write("s-2.m4s", "2")
            try write("d.mpd", "<MPD><SegmentTemplate media=\"s-$Number$.m4s\"/></MPD>")
            #expect(try names("d.mpd") == ["d.mpd", "s-1.m4s", "s-2.m4s"])
            let path = folder.appendingPathComponent("remote.m3u8").path
            try write("remote.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://host/a.ts\n")
            #expect(try #require(SourceFiles(file: path)).isComplete == false)
            try write("remote.m3u8", "#EXTM3U\n#EXTINF:1,\n.\n")
            #expect(try #require(SourceFiles(file: path)).isComplete == false)
        }
    }
}
