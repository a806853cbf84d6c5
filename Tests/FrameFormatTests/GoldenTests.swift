import Buffers
import Foundation
import FrameFormat
import Testing

/// The golden files hold the format still: what this version writes, every later one must read.
///
/// They were written once, with `SPROCKET_WRITE_GOLDEN` set to the folder of the fixtures; a change
/// to them is a change of the format and needs a new version of it.
@Suite("Golden files")
struct GoldenTests {
    static let names = [
        "source-begin", "raw-yuv420p", "raw-odd-pal8", "h264-keyframe", "packet-reference", "gap",
        "fields-maximal", "index", "mark", "source-end",
    ]

    /// Not in `stream`, which holds what version 0.1.0 wrote.
    static let laterNames = [
        "source-begin-file", "source-begin-files", "source-end-file", "source-end-files",
        "decoder-context", "index-sources",
    ]

    static let fileNames = names + laterNames + ["stream"]

    static let isWriting =
        ProcessInfo.processInfo.environment["SPROCKET_WRITE_GOLDEN"] != nil

    private static func fixture(_ name: String) throws -> Data {
        let folder = try #require(Bundle.module.resourceURL)
        return try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
    }

    /// The bytes and the JSON that this version makes of what the golden file holds.
    private static func made(_ name: String) throws -> (bytes: [UInt8], json: String) {
        let samples = try Samples.all()
        let chosen =
            name == "stream"
            ? samples : try (samples + Samples.later()).filter { $0.name == name }
        try #require(!chosen.isEmpty)
        let bytes = try chosen.flatMap { try Samples.encode($0.record, at: $0.place) }
        return (bytes, try json(of: bytes))
    }

    private static func json(of bytes: [UInt8]) throws -> String {
        let records = try RecordDecoder.items(of: bytes).map { try #require($0.record) }
        return JSON.list(records.map { JSON($0) }).description + "\n"
    }

    @Test("all samples have a golden file")
    func complete() throws {
        #expect(try Samples.all().map(\.name) == Self.names)
        #expect(try Samples.later().map(\.name) == Self.laterNames)
    }

    @Test("a golden file decodes to its JSON twin", arguments: fileNames)
    func decode(name: String) throws {
        let bytes = [UInt8](try Self.fixture(name + Self.suffix(name)))
        let expected = String(decoding: try Self.fixture(name + ".json"), as: UTF8.self)
        #expect(try Self.json(of: bytes) == expected)
    }

    @Test(
        "the value that a JSON twin describes encodes to its golden file",
        arguments: fileNames
    )
    func encode(name: String) throws {
        let made = try Self.made(name)
        #expect(made.json == String(decoding: try Self.fixture(name + ".json"), as: UTF8.self))
        #expect(made.bytes == [UInt8](try Self.fixture(name + Self.suffix(name))))
    }

    @Test("writes the golden files anew", .enabled(if: isWriting), arguments: fileNames)
    func write(name: String) throws {
        let path = try #require(ProcessInfo.processInfo.environment["SPROCKET_WRITE_GOLDEN"])
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        let made = try Self.made(name)
        try Data(made.bytes).write(to: folder.appendingPathComponent(name + Self.suffix(name)))
        try Data(made.json.utf8).write(to: folder.appendingPathComponent(name + ".json"))
    }

    private static func suffix(_ name: String) -> String {
        name == "stream" ? ".records" : ".record"
    }
}
