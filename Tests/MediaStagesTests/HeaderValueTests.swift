import FrameFormat
import Testing

@testable import MediaStages

@Suite("what headers of codecs say")
struct HeaderValueTests {
    @Test("whether an MPEG-4 layer has fields", arguments: [true, false])
    func fields(areCoded: Bool) {
        // As FFmpeg writes it: a layer of version 1, square pixels, 25 ticks, 160 by 120.
        var bits = "0" + "00000001" + "0" + "0001" + "0" + "00" + "1" + "0000000000011001"
        bits += "1" + "0" + "1" + "0000010100000" + "1" + "0000001111000" + "1"
        bits += (areCoded ? "1" : "0") + "1" + "000000"
        let header = Self.bytes([0, 0, 1, 0xB5, 9, 0, 0, 1, 0x20], bits)
        #expect(LayerFields.areCoded(by: header) == areCoded)
        // Each time is counted in five bits where pictures come at a fixed rate.
        let fixed = bits.replacing(
            "00000000000110011" + "0",
            with: "00000000000110011" + "1" + "00001",
            maxReplacements: 1
        )
        #expect(LayerFields.areCoded(by: Self.bytes([0, 0, 1, 0x2F], fixed)) == areCoded)
        for length in 0..<header.count - 3 {
            #expect(LayerFields.areCoded(by: Array(header.prefix(length))) != !areCoded)
        }
        #expect(LayerFields.areCoded(by: [0, 0, 1, 0xB6, 1, 2, 3]) == nil)
    }

    @Test("how many rows the only image of a packet has")
    func rows() {
        let head: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0xFF, 0xD8]
        let frame: [UInt8] = [0xFF, 0xC0, 0, 8, 8, 0, 80, 0, 96, 1]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 2, 1, 2, 0xFF, 0, 3, 0xFF, 0xD9]
        #expect(JPEGRows.ofOnlyImage(in: head + frame + scan) == 80)
        #expect(JPEGRows.ofOnlyImage(in: head + frame + scan + [0xFF, 0xD8, 0xFF]) == nil)
        #expect(JPEGRows.ofOnlyImage(in: head + scan) == nil)
        let whole = head + frame + scan
        for length in 0..<whole.count {
            let rows = JPEGRows.ofOnlyImage(in: Array(whole.prefix(length)))
            #expect(rows == nil || rows == 80)
        }
    }

    @Test("the aspect of pixels behind everything else of a sequence parameter set")
    func aspect() {
        // Baseline, order 2, one reference, 10 by 8 blocks, frames only, no crop, aspect 16:11.
        let order = "1" + "1" + "011" + "010" + "0"
        let bits = order + "0001010" + "0001000" + "1" + "1" + "0" + "1" + "1"
        let unit = Self.bytes([0x67, 66, 0, 10], bits + "00000100" + "0000")
        #expect(SequenceSet(unit[...])?.aspect == 4)
        #expect(SequenceSet(unit[...])?.allowsNumberGaps == false)
        #expect(SequenceSet(unit.prefix(6))?.aspect == nil)
        #expect(SequenceSet(unit.prefix(3)) == nil)
    }

    @Test("what an encoder counts in")
    func clocks() {
        let (mpeg4, mpeg2) = (
            EncoderClock(encoderName: "mpeg4"), EncoderClock(encoderName: "mpeg2video")
        )
        let ticks = Rational(1, 90_000)
        #expect(EncoderClock(encoderName: "libx264").timeBase(for: ticks, rate: nil) == ticks)
        #expect(mpeg4.timeBase(for: Rational(1, 12_800), rate: nil) == Rational(1, 12_800))
        #expect(mpeg4.timeBase(for: ticks, rate: Rational(25, 1)) == Rational(1, 65_525))
        #expect(mpeg4.timeBase(for: ticks, rate: Rational(30_000, 1001)) == Rational(1, 60_000))
        #expect(mpeg4.timeBase(for: ticks, rate: nil) == Rational(1, 65_535))
        #expect(mpeg4.timeBase(for: ticks, rate: Rational(90_000, 1)) == Rational(1, 65_535))
        #expect(mpeg2.timeBase(for: ticks, rate: Rational(30_000, 1001)) == Rational(1001, 30_000))
    }

    private static func bytes(_ head: [UInt8], _ bits: String) -> [UInt8] {
        var bits = bits
        while !bits.count.isMultiple(of: 8) { bits += "0" }
        let digits = Array(bits)
        return head
            + stride(from: 0, to: digits.count, by: 8).map { start in
                digits[start..<start + 8].reduce(0) { $0 << 1 | ($1 == "1" ? 1 : 0) }
            }
    }
}
