import FrameFormat
import Testing

@testable import Pipelines

@Suite("FrameLoss") struct FrameLossTests {
    @Test("adjacent packets become one gap with their range, after the frame before the first")
    func mergesPackets() throws {
        var loss = FrameLoss(try Elements.packet(7))
        for ordinal in 8...11 as ClosedRange<UInt64> {
            #expect(loss.absorb(try Elements.packet(ordinal)) == true)
        }
        let gap = try #require(loss.item.gap)
        #expect(gap.reason == .overflow)
        #expect(gap.unit == .packets)
        #expect(gap.first == 7)
        #expect(gap.last == 11)
        #expect(gap.position == SourcePosition(sourceID: 1, ordinal: 6, origin: 6))
        #expect(gap.detail == "5 frames did not fit into the full queue behind the source")
    }

    @Test("pictures are counted as frames")
    func countsPictures() throws {
        let gap = try #require(FrameLoss(Elements.picture(3)).item.gap)
        #expect(gap.unit == .frames)
        #expect(gap.first == 3)
        #expect(gap.last == 3)
    }

    @Test("frames without numbers leave the range unknown, and are counted in words")
    func unknownRange() throws {
        var loss = FrameLoss(Elements.picture(0))
        #expect(loss.absorb(Elements.picture(0)) == true)
        let gap = try #require(loss.item.gap)
        #expect(gap.unit == .unknown)
        #expect(gap.first == 0)
        #expect(gap.last == 0)
        #expect(gap.detail.hasPrefix("2 frames"))
    }

    @Test("a gap of the source alone stays as it is")
    func keepsGap() throws {
        let gap = Elements.gap(after: 4)
        #expect(FrameLoss(gap).item.gap == gap.gap)
    }

    @Test("a gap of the source among lost frames is named, and its range is part of theirs")
    func namesGap() throws {
        var loss = FrameLoss(try Elements.packet(7))
        let position = SourcePosition(sourceID: 1, ordinal: 7, origin: 7)
        let missing = Gap(
            reason: .unreadable,
            position: position,
            unit: .packets,
            first: 8,
            last: 20
        )
        #expect(loss.absorb(.gap(missing)) == true)
        #expect(loss.absorb(Elements.gap(after: 20, .unreadable)) == true)
        let gap = try #require(loss.item.gap)
        #expect(gap.reason == .overflow)
        #expect(gap.first == 7)
        #expect(gap.last == 20)
        #expect(gap.detail.hasSuffix("; missing there before: unreadable"))
    }

    @Test("frames of another source are another loss")
    func separatesSources() throws {
        var loss = FrameLoss(try Elements.packet(7, sourceID: 1))
        #expect(loss.absorb(try Elements.packet(1, sourceID: 2)) == false)
        #expect(loss.item.gap?.last == 7)
    }

    @Test("packets need the keyframe before them, pictures and keyframes do not")
    func independence() throws {
        #expect(!(try Elements.packet(1).isIndependent))
        #expect(try Elements.packet(1, isKeyframe: true).isIndependent)
        #expect(Elements.picture(1).isIndependent)
    }
}
