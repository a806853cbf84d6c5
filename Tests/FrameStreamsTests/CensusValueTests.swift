import FrameFormat
import TestSupport
import Testing

@testable import FrameStreams

@Suite("a census")
struct CensusValueTests {
    /// What packets give, in every way that a decoder may have of it.
    private static func counts(_ seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var counts: [UInt8] = []
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let pattern: [UInt8] =
                [[1], [0], [1, 0], [2, 0], [0, 1], [1, 1, 2], [9]]
                .randomElement(using: &random) ?? [1]
            for _ in 0..<Int.random(in: 1...9, using: &random) { counts += pattern }
        }
        return counts
    }

    private static func add(_ count: UInt8, to census: inout Census) {
        let isAdded = census.runs.append(count)
        #expect(isAdded)
    }

    @Test("answers like a plain count of pictures", arguments: 1...40 as ClosedRange<UInt64>)
    func answers(seed: UInt64) throws {
        let counts = Self.counts(seed)
        var census = Census()
        for count in counts { Self.add(count, to: &census) }
        census.runs.closeHalf()
        let read = try #require(Census(text: census.text))
        #expect(read == census && read.packetCount == UInt64(counts.count))
        var before: UInt64 = 0
        for (index, count) in counts.enumerated() {
            let packet = UInt64(index) + 1
            #expect(read.runs.pictures(beforePacket: packet) == before)
            #expect(read.runs.pictures(ofPacket: packet) == UInt64(count))
            for picture in 0..<UInt64(count) {
                #expect(read.packet(ofPicture: before + picture + 1) == packet)
            }
            before += UInt64(count)
        }
        #expect(read.pictureCount == before)
        #expect(read.runs.pictures(beforePacket: .max) == before)
    }

    @Test("takes a few bytes of a long sound source, and parts where it is long")
    func parts() throws {
        var census = Census()
        for _ in 0..<100_000 { Self.add(1, to: &census) }
        var placed = PlacedCensus(firstSequence: 8, picturesBefore: nil, census: census)
        let marks = try #require(CensusMarks.marks(of: placed))
        let text = "1 8 - 1/1 packets 100000 pictures 100000 runs 100000x1"
        #expect(marks.map(\.value) == [text])
        for index in 0..<9000 {
            for _ in 0..<index % 9 + 2 { Self.add(1, to: &placed.census) }
            Self.add(0, to: &placed.census)
        }
        placed.picturesBefore = 7
        placed.census.runs.closeHalf()
        let many = try #require(CensusMarks.marks(of: placed))
        #expect(many.count > 2 && many.allSatisfy { $0.value.utf8.count <= 16 << 10 })
        let note = Mark(key: "note", value: "hello")
        #expect(CensusMarks.censuses(in: marks + [note] + many).last == placed)
        #expect(CensusMarks.censuses(in: marks + many).count == 2)
        // One part that is not there, not in order or not of it: no census.
        for index in many.indices {
            var broken = many
            broken.remove(at: index)
            #expect(CensusMarks.censuses(in: broken).isEmpty)
            broken.insert(marks[0], at: index)
            #expect(CensusMarks.censuses(in: broken).count == 1)
        }
        #expect(CensusMarks.censuses(in: many.reversed()).isEmpty)
    }

    @Test(
        "is refused where its text is not in order",
        arguments: [
            "", "packets 2 pictures 2", "packets 3 pictures 2 runs 2x1",
            "packets 2 pictures 3 runs 2x1", "packets 2 pictures 2 runs 2x1,",
            "packets 2 pictures 2 runs 2x1 runs 2x1", "packets 2 pictures 2 runs 02x1 more",
            "packets 0 pictures 0 runs 0x1", "packets 3 pictures 3 runs 1x111",
            "packets 18446744073709551615 pictures 0 runs 18446744073709551615x0",
            "packets 2 pictures 2 runs 2x1 corrupt 3", "packets 2 pictures 2 runs 2x1 corrupt 2-1",
            "packets 2 pictures 2 runs 2x1 refused 2,1", "packets 2 pictures 2 runs 2x1 barred 0",
            "packets 2 pictures 2 runs 2x1 leads 1+3", "packets 2 pictures 2 runs +2x1",
            "packets -2 pictures 2 runs 2x1", "packets 2 pictures 2 runs 2x1 barred ",
        ]
    )
    func refused(text: String) {
        #expect(Census(text: text) == nil)
    }

    @Test("passes over what it does not know")
    func unknown() {
        let text = "packets 2 pictures 2 runs 2x1 later 7+x"
        #expect(Census(text: text)?.text == "packets 2 pictures 2 runs 2x1")
    }

    @Test("does not start shortly in front of damage, of which more is known from further back")
    func damage() throws {
        let text = "packets 99 pictures 98 runs 59x1,1x0,39x1 corrupt 40 resting 41-44 refused 60"
        let census = try #require(Census(text: text))
        #expect(census.isExact(from: 1, through: 90) && census.isExact(from: 8, through: 59))
        #expect(!census.isExact(from: 9, through: 59) && census.isExact(from: 9, through: 39))
        #expect(!census.isExact(from: 43, through: 43) && census.isExact(from: 45, through: 59))
        #expect(!census.isExact(from: 45, through: 60) && census.isExact(from: 61, through: 98))
    }
}
