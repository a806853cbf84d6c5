import Buffers
import FrameFormat
import TestSupport
import Testing

@Suite("RecordDecoder")
struct RecordDecoderTests {
    @Test("what was written comes back, at its offset")
    func roundTrip() throws {
        let samples = try Samples.all()
        let (bytes, offsets) = try Samples.stream()
        let records = try RecordDecoder.items(of: bytes).map { try #require($0.record) }
        #expect(records.map(\.record) == samples.map(\.record))
        #expect(records.map(\.place) == samples.map(\.place))
        #expect(records.map { Int($0.offset) } == offsets)
    }

    @Test("the items are the same for every length of chunk, damage included", arguments: [0, 1])
    func chunks(damage: Int) throws {
        var (bytes, offsets) = try Samples.stream()
        if damage > 0 {
            bytes[offsets[2] + 300] ^= 1
            bytes[offsets[6] + 3] ^= 1
            bytes.removeLast(5)
        }
        let whole = RecordDecoder.items(of: bytes)
        #expect(whole.contains { $0.fault != nil } == (damage > 0))
        for length in 1...bytes.count where length < 200 || length.isMultiple(of: 37) {
            let items = RecordDecoder.items(
                of: bytes,
                chunkByteCount: length,
                checksums: length.isMultiple(of: 2)
            )
            #expect(items == whole, "chunks of \(length) bytes")
        }
    }

    @Test("one wrong byte anywhere costs the record that holds it, and no other")
    func everyFlip() throws {
        let (bytes, offsets) = try Samples.stream()
        let records = RecordDecoder.items(of: bytes).compactMap(\.record)
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x10
            let items = RecordDecoder.items(of: damaged)
            let number = (offsets.lastIndex { $0 <= position }) ?? 0
            var expected = records
            let lost = expected.remove(at: number)
            #expect(items.compactMap(\.record) == expected, "byte \(position)")
            let faults = items.compactMap(\.fault)
            #expect(faults.map(\.range) == [lost.offset..<lost.offset + lost.byteCount])
            // Behind the prefix, the prefix tells which frame is lost.
            if case .frame = lost.record, position >= offsets[number] + RecordPrefix.byteCount {
                #expect(faults.first?.sequence == lost.place.sequence)
            }
        }
    }

    @Test("100,000 mutations never yield a record that was not written")
    func mutations() throws {
        let (bytes, _) = try Samples.stream()
        let written = Set(try Samples.all().map(\.record))
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<100_000 {
            let damaged = Self.mutate(bytes, using: &generator)
            let length = [64, 1000, .max].randomElement(using: &generator) ?? .max
            var end: UInt64 = 0
            for item in RecordDecoder.items(of: damaged, chunkByteCount: length) {
                switch item {
                case .record(let stored):
                    guard written.contains(stored.record), stored.offset == end else {
                        Issue.record("a record that was not written")
                        return
                    }
                    end += stored.byteCount
                case .fault(let fault):
                    #expect(fault.range.lowerBound == end && !fault.range.isEmpty)
                    end = fault.range.upperBound
                }
            }
            #expect(end == UInt64(damaged.count))
        }
    }

    /// Flips, cuts, duplicates or splices.
    private static func mutate(
        _ bytes: [UInt8],
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !result.isEmpty {
            let start = Int.random(in: 0..<result.count, using: &generator)
            let length = min(Int.random(in: 0..<600, using: &generator), result.count - start)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: result[start] ^= UInt8.random(in: 1...255, using: &generator)
            case 1: result.removeSubrange(start..<start + length)
            case 2: result.insert(contentsOf: result[start..<start + length], at: start)
            default:
                let from = Int.random(
                    in: 0...bytes.count - min(length, bytes.count),
                    using: &generator
                )
                result.replaceSubrange(
                    start..<start + length,
                    with: bytes[from..<from + min(length, bytes.count)]
                )
            }
        }
        return result
    }

    @Test(
        "records of another stream inside a damaged payload are not mistaken",
        arguments: [true, false]
    )
    func foreignRecords(isSaltKnown: Bool) throws {
        let foreign = try Samples.stream(salt: 99).bytes
        var frame = try Samples.packet(isKeyframe: true)
        frame.payload = Samples.buffer(foreign)
        let place = RecordPlace(sequence: 1, writerEpoch: 1, indexDistance: 0)
        var bytes = try Samples.encode(.frame(frame), at: place)
        let end = UInt64(bytes.count)
        bytes[bytes.count - 40] ^= 1
        bytes += try Samples.encode(.mark(Mark(key: "a", value: "b")), at: place)
        let items = RecordDecoder.items(of: bytes, salt: isSaltKnown ? Samples.salt : nil)
        #expect(items.count == 2)
        #expect(
            items.first?.fault
                == RecordFault(range: 0..<end, sequence: 1, error: .payloadChecksum)
        )
        #expect(items.last?.record?.record == .mark(Mark(key: "a", value: "b")))
    }

    @Test("sound records inside the claim of a torn one are found")
    func tornRecord() throws {
        let (bytes, offsets) = try Samples.stream()
        let torn = Array(bytes[offsets[1]..<offsets[1] + 180])
        let items = RecordDecoder.items(of: torn + bytes)
        #expect(items.first?.fault?.range == 0..<180)
        #expect(items.first?.fault?.sequence == 1)
        #expect(items.compactMap(\.record).count == offsets.count)
    }

    @Test("lost bytes cost the records that held them")
    func lostBytes() throws {
        let (bytes, offsets) = try Samples.stream()
        let buffer = Samples.buffer(bytes)
        let hole = offsets[2] + 100..<offsets[4] - 10
        var decoder = RecordDecoder(at: 0, salt: nil, pool: Samples.pool)
        decoder.append(buffer.slice(0..<hole.lowerBound))
        decoder.appendLost(byteCount: hole.count)
        decoder.append(buffer.slice(hole.upperBound..<bytes.count))
        decoder.finish()
        var items: [RecordDecoder.Item] = []
        while let item = decoder.next() { items.append(item) }
        #expect(items.compactMap(\.record).count == offsets.count - 2)
        let faults = items.compactMap(\.fault)
        #expect(faults.map(\.error) == [.lostBytes])
        #expect(faults.first?.range == UInt64(offsets[2])..<UInt64(offsets[4]))
    }

    @Test("a payload in one chunk is not copied, and one with a known checksum is not summed")
    func zeroCopy() throws {
        let frame = Samples.picture(try Samples.format("gray"), width: 100, height: 100)
        let place = RecordPlace(sequence: 1, writerEpoch: 1, indexDistance: 0)
        let pieces = try RecordEncoder(salt: 1, pool: Samples.pool)
            .encode(.frame(frame), at: place).pieces
        var decoder = RecordDecoder(at: 0, salt: nil, pool: Samples.pool)
        for piece in pieces { decoder.append(piece.bytes, checksum: piece.checksum) }
        let first = decoder.next()
        let item = try #require(first)
        guard case .frame(let decoded) = item.record?.record else {
            Issue.record("no frame: \(item)")
            return
        }
        let addresses = [frame.payload, decoded.payload].map { buffer in
            unsafe buffer.bytes.withUnsafeBytes {
                unsafe $0.baseAddress.map { UInt(bitPattern: $0) }
            }
        }
        #expect(addresses[0] == addresses[1])
    }

    @Test("claims inside claims are checked in time that grows with the bytes")
    func nestedClaims() throws {
        // Prefixes, each claiming all up to its own trailer, like brackets; every payload is wrong.
        let pairCount = 4000
        var bytes: [UInt8] = []
        for number in 0..<pairCount {
            let inner =
                (pairCount - number - 1) * (RecordPrefix.byteCount + RecordTrailer.byteCount)
            bytes += RecordPrefixMaker(payloadByteCount: UInt64(inner)).bytes
        }
        for number in (0..<pairCount).reversed() {
            let whole = (pairCount - number) * (RecordPrefix.byteCount + RecordTrailer.byteCount)
            bytes += RecordPrefixMaker.trailer(recordByteCount: UInt64(whole))
        }
        let clock = ContinuousClock()
        var items: [RecordDecoder.Item] = []
        let time = clock.measure { items = RecordDecoder.items(of: bytes) }
        #expect(items.count == pairCount)
        // Summing each claim anew would be 700 MB for these 352 kB; what is spent is only shown.
        Attachment.record("\(time)", named: "time")
    }
}
