import Foundation
import TestSupport
import Testing

@testable import FFmpeg

@Suite
struct DemuxerLossTests {
    @Test("every line of the table is one that the library in use can say")
    func table() throws {
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let maps = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        let path = try #require(
            maps.split(separator: "\n").first { $0.contains("libavformat") }?
                .split(separator: " ").last
        )
        let library = try Data(contentsOf: URL(fileURLWithPath: String(path)))
        let version = DemuxerLossTable.version
        for entry in DemuxerLossTable.entries where version >= entry.version {
            #expect(
                library.range(of: Data(entry.format.utf8)) != nil,
                "\(entry.file) says \(entry.format) no more"
            )
        }
    }

    @Test("a loss is heard once, by the demuxer that it belongs to")
    func heard() async throws {
        try await withTemporaryDirectory { folder in
            let (whole, cut) = (folder.path + "/whole.mkv", folder.path + "/cut.mkv")
            try Clip().write(to: whole)
            let data = try Data(contentsOf: URL(fileURLWithPath: whole))
            try data.prefix(data.count * 3 / 4).write(to: URL(fileURLWithPath: cut))
            var sound = try Demuxer(.file(whole))
            var short = try Demuxer(.file(cut))
            var packet = try Packet()
            while try short.read(into: &packet) == .packet {}
            while try sound.read(into: &packet) == .packet {}
            let (losses, none) = (short.takeLosses(), sound.takeLosses())
            #expect(losses.contains { $0.kind == .truncated }, "\(losses)")
            #expect(none.isEmpty)
            let again = short.takeLosses()
            #expect(again.isEmpty)
        }
    }
}
