import Buffers
import FrameFormat
import Testing

@testable import MediaStages

/// Packets of MPEG-4, whose keyframes say no more than that they are some.
private struct Packets {
    private static let pool = BufferPool()

    static func packet(
        _ number: UInt64,
        at time: Int64,
        isKey: Bool = false,
        isDisposable: Bool = false,
        codec: String = "mpeg4",
        byteCount: Int = 4
    ) throws -> CodedPacket {
        var header = FrameHeader(codec: try #require(Codec(name: codec)), width: 16, height: 16)
        header.presentationTime = StampedTime(
            MediaTime(value: time, timeBase: Rational(1, 25)),
            provenance: .container
        )
        if isKey { header.flags.insert(.keyframe) }
        if isDisposable { header.flags.insert(.disposable) }
        let bytes = [UInt8](repeating: 1, count: byteCount)
        let frame = Frame(header: header, payload: pool.makeBuffer(copying: bytes.rawSpan))
        return CodedPacket(number: number, frame)
    }
}

@Suite("how far damage reaches")
struct DamageSpreadTests {
    @Test("from a damaged picture to the next keyframe, and to what is shown before that")
    func reach() throws {
        var spread = DamageSpread()
        spread.begin(try Packets.packet(1, at: 0, isKey: true))
        let damaged = try Packets.packet(2, at: 1)
        spread.begin(damaged)
        spread.damage(damaged)
        spread.begin(try Packets.packet(3, at: 2))
        spread.begin(try Packets.packet(4, at: 6, isKey: true))
        spread.begin(try Packets.packet(5, at: 5))
        spread.begin(try Packets.packet(6, at: 7))
        spread.begin(try Packets.packet(7, at: 11, isKey: true))
        spread.begin(try Packets.packet(8, at: 10))
        #expect(
            (1...8).map { spread.mark(of: $0) } == [
                .none, .damaged, .restsOnDamage, .none, .restsOnDamage, .none, .none, .none,
            ]
        )
    }

    @Test("not from a picture to which none refers, nor where each stands for itself")
    func alone() throws {
        var spread = DamageSpread()
        spread.begin(try Packets.packet(1, at: 0, isKey: true))
        let disposable = try Packets.packet(2, at: 1, isDisposable: true)
        spread.begin(disposable)
        spread.damage(disposable)
        spread.begin(try Packets.packet(3, at: 2))
        #expect((1...3).map { spread.mark(of: $0) } == [.none, .damaged, .none])
        var intra = DamageSpread()
        let first = try Packets.packet(1, at: 0, isKey: true, codec: "mjpeg")
        intra.begin(first)
        intra.damage(first)
        intra.begin(try Packets.packet(2, at: 1, isKey: true, codec: "mjpeg"))
        #expect((1...2).map { intra.mark(of: $0) } == [.damaged, .none])
    }

    @Test("packets that are missing in front of a keyframe damage only what is shown before it")
    func missing() throws {
        var spread = DamageSpread()
        let key = try Packets.packet(1, at: 5, isKey: true)
        spread.begin(key)
        spread.miss(before: key)
        spread.begin(try Packets.packet(2, at: 3))
        spread.begin(try Packets.packet(3, at: 6))
        #expect((1...3).map { spread.mark(of: $0) } == [.none, .restsOnDamage, .none])
    }
}

@Suite("the packets that are held for one thread")
struct PacketHoldTests {
    @Test("two groups stay, whatever came before them goes once it is large")
    func groups() throws {
        var hold = PacketHold()
        for number in 1...40 as ClosedRange<UInt64> {
            hold.append(
                try Packets.packet(
                    number,
                    at: Int64(number),
                    isKey: number % 10 == 1,
                    byteCount: PacketHold.byteCountFloor / 8
                )
            )
            #expect(hold.packets.first?.number == (number < 25 ? 1 : number < 35 ? 11 : 21))
            // Three pictures stay inside the decoder.
            if number > 3 { hold.gaveOut(number - 3) }
        }
        #expect(hold.givenCounts[20] == nil && hold.givenCounts[22] == 1)
    }

    @Test("one group without an end fills it")
    func endless() throws {
        var hold = PacketHold()
        let packet = try Packets.packet(1, at: 0, isKey: true)
        for _ in 1...PacketHold.packetCountMaximum { hold.append(packet) }
        #expect(!hold.isFull)
        hold.append(packet)
        #expect(hold.isFull)
    }
}

@Suite("numbers of frames that are left out")
struct FrameNumberGapsTests {
    /// Sequence parameter sets of Baseline and High that x264 would write, but for the flag.
    @Test(
        "the sequence parameter set says whether it may be",
        arguments: [
            // Baseline: id 0, log2 of frame numbers 4, order 2, one reference frame.
            ([0x67, 66, 0, 10, 0b1_1_011_010, 0b1_0000000] as [UInt8], true),
            ([0x67, 66, 0, 10, 0b1_1_011_010, 0b0_0000000] as [UInt8], false),
            // High: 4:2:0, 8 bits, no lists; then as above.
            ([0x67, 100, 0, 10, 0b1_010_1_1_0_0, 0b1_011_010_1] as [UInt8], true),
            ([0x67, 100, 0, 10, 0b1_010_1_1_0_0, 0b1_011_010_0] as [UInt8], false),
            ([0x67, 66] as [UInt8], false),
        ]
    )
    func sets(unit: [UInt8], isAllowed: Bool) {
        #expect(FrameNumberGaps.areAllowed(by: unit[...]) == isAllowed)
    }
}
