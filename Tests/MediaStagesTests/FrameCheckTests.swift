import Buffers
import FrameFormat
import MediaStages
import Testing

@Suite("looking into frames", .serialized)
struct FrameCheckTests {
    private static func packets(_ index: Int) async throws -> [Frame] {
        let clip = SeekClip.all[index]
        let pictures = try SeekStream.pictures(clip.times, clip.timeBase)
        let codec = try #require(clip.codec)
        let packets = try await SeekStream.packets(of: pictures, codec: codec, clip.options)
        return packets.enumerated().map { index, packet in
            var packet = packet
            packet.header.sequence = UInt64(index) + 1
            return packet
        }
    }

    private static func check(_ frames: [Frame]) throws -> ([FrameCheck.Finding], FrameCheck) {
        let check = FrameCheck(pool: SeekStream.pool)
        var findings: [FrameCheck.Finding] = []
        for frame in frames { findings += try check.take(frame) }
        findings += try check.finish()
        return (findings, check)
    }

    @Test("finds nothing where all is well", arguments: 2...9)
    func sound(index: Int) async throws {
        let (findings, check) = try Self.check(try await Self.packets(index))
        #expect(findings.isEmpty && check.checkedCount == 90 && check.skippedCount == 0)
    }

    @Test("names the packet that does not decode, and its time", arguments: [2, 5, 6])
    func damaged(index: Int) async throws {
        var packets = try await Self.packets(index)
        // Nothing that a decoder knows, behind the length of the first unit.
        let bytes = [UInt8](repeating: 0xFF, count: packets[40].payload.byteCount)
        packets[40].payload = SeekStream.pool.makeBuffer(copying: bytes.rawSpan)
        let (findings, _) = try Self.check(packets)
        let finding = findings.first { $0.sequence == 41 }
        #expect(finding?.time == packets[40].header.presentationTime?.time, "\(findings)")
    }

    @Test("does not blame packets for one that is missing", arguments: [2, 4, 5])
    func missing(index: Int) async throws {
        var packets = try await Self.packets(index)
        packets.remove(at: 40)
        let (findings, check) = try Self.check(packets)
        #expect(findings.isEmpty, "\(findings)")
        #expect(check.skippedCount > 0 && check.skippedCount + check.checkedCount == 89)
    }

    @Test("compares pictures with their description")
    func raw() async throws {
        var frames = try SeekStream.pictures([0, 1, 2], Rational(1, 25))
        for index in frames.indices { frames[index].header.sequence = UInt64(index) + 1 }
        #expect(try Self.check(frames).0.isEmpty)
        let payload = frames[1].payload
        frames[1].payload = payload.slice(0..<payload.byteCount - 1)
        frames[2].header.planes[1].rowCount -= 1
        let (findings, check) = try Self.check(frames)
        #expect(findings.map(\.sequence) == [2, 3] && check.checkedCount == 3)
    }
}
