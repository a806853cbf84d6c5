import Testing

@testable import FrameStreams
@testable import MediaStages

@Suite("taking a census")
struct CensusTakerTests {
    /// Tells packets (`true` for keyframes) and then pictures, by their packets.
    private static func taken(
        _ keys: [Int: GroupStart],
        of count: Int,
        pictures: [UInt64]
    ) throws -> Census {
        var taker = CensusTaker()
        for number in 1...count { _ = taker.packet(keys[number]) }
        for packet in pictures {
            taker.picture(of: packet, isCorrupt: packet == 6, restsOnDamage: packet == 7)
        }
        let census = taker.finish()
        return try #require(census)
    }

    @Test("knows where the pictures of a keyframe begin")
    func starts() throws {
        // Packet 3 gives nothing; 6 and 7 are shown before keyframe 5, and 10 and 11 before 9.
        let census = try Self.taken(
            [1: .closed, 5: .open, 9: .open],
            of: 12,
            pictures: [1, 2, 4, 6, 7, 5, 8, 10, 11, 9, 12]
        )
        #expect(census.packetCount == 12 && census.pictureCount == 11)
        #expect(census.firstPicture(from: 5, .open) == 6)
        #expect(census.firstPicture(from: 9, .open) == 10)
        #expect(census.corrupt.ranges == [4...4] && census.resting.ranges == [5...5])
        #expect(Census(text: census.text) == census)
        #expect(census.text.contains("leads 5+2"))
        #expect(census.packet(ofPicture: 3) == 4)
    }

    @Test("does not start where pictures of groups mix, or the keyframe gives none")
    func barred() throws {
        let mixed = try Self.taken([1: .closed, 4: .closed], of: 6, pictures: [1, 2, 4, 3, 5, 6])
        #expect(mixed.firstPicture(from: 4, .closed) == nil)
        let early = try Self.taken([1: .closed, 4: .open], of: 6, pictures: [1, 2, 5, 3, 4, 6])
        #expect(early.firstPicture(from: 4, .open) == 5)
        let none = try Self.taken([1: .closed, 4: .closed], of: 6, pictures: [1, 2, 3, 5, 6])
        #expect(none.firstPicture(from: 4, .closed) == nil)
    }

    @Test("is not taken when a picture comes far behind its packet, whatever the length")
    func late() {
        var taker = CensusTaker()
        for number in 1...5000 as ClosedRange<UInt64> {
            let told = taker.packet(number % 25 == 1 ? .closed : nil)
            #expect(told == number)
            taker.picture(of: number, isCorrupt: false, restsOnDamage: false)
        }
        taker.picture(of: 1, isCorrupt: false, restsOnDamage: false)
        let census = taker.finish()
        #expect(census == nil && taker.failure != nil)
    }
}
