import Buffers
import Foundation
import FrameFormat
import Testing

@Suite("the specification")
struct SpecificationTests {
    @Test("its example decodes to what it says, and is what the encoder writes")
    func example() throws {
        let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/FrameFormat/FrameFormat.docc/Specification.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```hex\n").last)
        let hex = block.components(separatedBy: "```")[0]
        let bytes = hex.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
        var decoder = RecordDecoder(at: 0, salt: nil, pool: Samples.pool)
        decoder.append(Samples.buffer(bytes), checksum: nil)
        decoder.finish()
        guard case .record(let stored)? = decoder.next() else {
            Issue.record("the example is no sound record")
            return
        }
        let mark = Record.mark(Mark(key: "note", value: "hello"))
        #expect(stored.record == mark)
        let encoded = try RecordEncoder(salt: 0x0123_4567_89AB_CDEF, pool: Samples.pool)
            .encode(mark, at: stored.place)
        let written = encoded.pieces.flatMap { piece in
            unsafe piece.bytes.bytes.withUnsafeBytes { unsafe Array($0) }
        }
        #expect(written == bytes)
    }

    /// The golden stream: written once by this suite, with `SPROCKET_WRITE_GOLDEN` set, then frozen.
    @Test("the golden stream is what the encoder writes, and decodes to the same records")
    func golden() throws {
        let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent()
            .appendingPathComponent("Fixtures/stream.record")
        let stream = try Samples.stream().bytes
        if ProcessInfo.processInfo.environment["SPROCKET_WRITE_GOLDEN"] != nil {
            try Data(stream).write(to: file)
        }
        let golden = try [UInt8](Data(contentsOf: file))
        #expect(golden == stream)
    }
}
