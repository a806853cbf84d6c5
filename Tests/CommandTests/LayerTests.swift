import Foundation
import TestSupport
import Testing

@Suite("what is coded beside the base layer is said where only the base is decoded")
struct LayerTests {
    /// A raw stream in which units stand behind others.
    private func rewrite(
        _ name: String,
        in folder: URL,
        adding extra: (_ unit: Data) -> Data?
    ) throws {
        let file = folder.appendingPathComponent(name)
        let bytes = try Data(contentsOf: file)
        let mark = Data([0, 0, 1])
        var starts: [Int] = []
        var place = 0
        while let found = bytes.range(of: mark, in: place..<bytes.count) {
            starts.append(found.upperBound)
            place = found.upperBound
        }
        var result = Data()
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] - 3 : bytes.count
            var unit = Data(bytes[start..<end])
            while unit.last == 0 { unit.removeLast() }
            result += [0, 0, 0, 1] + unit
            if let more = extra(unit) { result += [0, 0, 0, 1] + more }
        }
        try result.write(to: file)
    }

    private func make(_ name: String, _ arguments: String, in folder: URL) throws {
        try ContainerTools.ffmpeg(
            "-f lavfi -i testsrc2=s=96x64:r=25:d=0.4 \(arguments) \(name)",
            in: folder
        )
    }

    private func notes(of name: String, in folder: URL) throws -> [String] {
        try ["raw", "packets"].map { payload in
            try ContainerTools.sprocket(
                "ingest \(name) --to s-\(name)-\(payload) --payload \(payload)",
                in: folder
            ).errors
        }
    }

    @Test("views and layers of H.264 and H.265 are noted, and plain pictures are not")
    func layers() async throws {
        try await withTemporaryDirectory { folder in
            let codecs = [
                ("a.h264", "-c:v libx264 -bf 0"),
                ("a.hevc", "-c:v libx265 -x265-params log-level=none:bframes=0"),
            ]
            for (name, arguments) in codecs {
                try make(name, arguments, in: folder)
                try make("plain-\(name).mp4", arguments, in: folder)
                try make("plain-\(name).mkv", arguments, in: folder)
                for plain in ["plain-\(name).mp4", "plain-\(name).mkv"] {
                    for note in try notes(of: plain, in: folder) {
                        #expect(!note.contains("layers"), "\(note)")
                    }
                }
            }
            try rewrite("a.h264", in: folder) { unit in
                [1, 5].contains(unit[0] & 31)
                    ? Data([0x74, 0xC0, 0, 7]) + unit.dropFirst() : nil
            }
            try rewrite("a.hevc", in: folder) { unit in
                unit[0] >> 1 & 63 < 32
                    ? Data([unit[0], 1 << 3 | unit[1] & 7]) + unit.dropFirst(2) : nil
            }
            for name in codecs.map(\.0) {
                for note in try notes(of: name, in: folder) {
                    #expect(note.contains("further layers or views"), "\(note)")
                    #expect(note.contains("the base alone is decoded"), "\(note)")
                }
            }
        }
    }

    /// Puts the configuration of Dolby Vision at the end of the description of the samples.
    private func addConfiguration(
        profile: UInt8,
        hasEnhancement: Bool,
        compatibility: UInt8,
        to name: String,
        as copy: String,
        in folder: URL
    ) throws {
        var bytes = try Data(contentsOf: folder.appendingPathComponent(name))
        let flags: UInt8 = 3 << 3 | 1 << 2 | (hasEnhancement ? 2 : 0) | 1
        let box =
            Data([0, 0, 0, 32]) + Data("dvcC".utf8)
            + Data([1, 0, profile << 1, flags, compatibility << 4]) + Data(count: 19)
        var place = 0
        for kind in ["moov", "trak", "mdia", "minf", "stbl", "stsd", "hvc1"] {
            let found = try #require(bytes.range(of: Data(kind.utf8), in: place..<bytes.count))
            let size = bytes[found.lowerBound - 4..<found.lowerBound].reduce(0) {
                $0 << 8 | Int($1)
            }
            let grown = UInt32(size + box.count)
            for index in 0..<4 {
                bytes[found.lowerBound - 4 + index] = UInt8(
                    truncatingIfNeeded: grown >> (24 - 8 * index)
                )
            }
            if kind == "hvc1" { bytes.insert(contentsOf: box, at: found.lowerBound - 4 + size) }
            place = found.upperBound
        }
        try bytes.write(to: folder.appendingPathComponent(copy))
    }

    @Test("Dolby Vision is warned of where the base layer alone is not the picture")
    func dolbyVision() async throws {
        try await withTemporaryDirectory { folder in
            try make(
                "a.mp4",
                "-c:v libx265 -x265-params log-level=none -tag:v hvc1",
                in: folder
            )
            let cases:
                [(profile: UInt8, hasEnhancement: Bool, compatibility: UInt8, note: String?)] = [
                    (5, false, 0, "its colours are right only with the metadata"),
                    (7, true, 6, "has a second layer of pictures"),
                    (8, false, 1, nil),
                ]
            for item in cases {
                let name = "dv\(item.profile).mp4"
                try addConfiguration(
                    profile: item.profile,
                    hasEnhancement: item.hasEnhancement,
                    compatibility: item.compatibility,
                    to: "a.mp4",
                    as: name,
                    in: folder
                )
                for note in try notes(of: name, in: folder) {
                    if let expected = item.note {
                        #expect(note.contains("Dolby Vision profile \(item.profile)"), "\(note)")
                        #expect(note.contains(expected), "\(note)")
                    } else {
                        #expect(!note.contains("Dolby Vision"), "\(note)")
                    }
                }
            }
        }
    }
}
