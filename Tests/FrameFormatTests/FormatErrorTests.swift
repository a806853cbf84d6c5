import Buffers
import FrameFormat
import Testing

/// Provokes every error with bytes that are right in all but one way.
@Suite("FormatError")
struct FormatErrorTests {
    private typealias Maker = RecordPrefixMaker

    /// Bytes and the error that they are refused for.
    private struct Case {
        var bytes: [UInt8]
        var error: FormatError
        /// Whether nothing but the values is wrong, so that the record is passed over as a whole.
        var isRefused = false
    }

    private static func le<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        Maker.littleEndian(value)
    }

    /// Fields of a frame with a packet, with some left out or changed.
    private static func packet(
        changing id: UInt16 = 0,
        to value: [UInt8]? = nil
    ) -> [UInt8] {
        fields([2: Array("h264".utf8), 3: le(UInt32(4)) + le(UInt32(4))], changing: id, to: value)
    }

    /// Fields of a gray picture of 2 by 2.
    private static func picture(
        changing id: UInt16 = 0,
        to value: [UInt8]? = nil
    ) -> [UInt8] {
        let fields: [UInt16: [UInt8]] = [
            2: Array("raw".utf8), 3: le(UInt32(2)) + le(UInt32(2)), 4: Array("gray".utf8),
            5: le(UInt64(0)) + le(UInt32(2)) + le(UInt32(2)),
        ]
        return self.fields(fields, changing: id, to: value)
    }

    private static func fields(
        _ fields: [UInt16: [UInt8]],
        changing id: UInt16,
        to value: [UInt8]?
    ) -> [UInt8] {
        var fields = fields
        fields[id] = id == 0 ? nil : value
        return fields.sorted { $0.key < $1.key }.flatMap { Maker.field($0.key, $0.value) }
    }

    private static func refused(
        type: UInt8 = 1,
        _ fields: [UInt8],
        payload: [UInt8] = [],
        _ error: FormatError
    ) -> Case {
        Case(
            bytes: Maker.record(type: type, fields: fields, payload: payload),
            error: error,
            isRefused: true
        )
    }

    /// Checks that `bytes` are refused with the right error, and that what is behind them is found.
    private static func check(_ wrong: Case, _ location: SourceLocation = #_sourceLocation) throws {
        let mark = Record.mark(Mark(key: "key", value: "value"))
        let place = RecordPlace(sequence: 5, writerEpoch: 1, indexDistance: 0)
        let items = RecordDecoder.items(of: wrong.bytes + (try Samples.encode(mark, at: place)))
        let faults = items.compactMap(\.fault)
        #expect(faults.map(\.error) == [wrong.error], sourceLocation: location)
        #expect(
            faults.first?.range == 0..<UInt64(wrong.bytes.count),
            sourceLocation: location
        )
        #expect(items.compactMap(\.record).map(\.record) == [mark], sourceLocation: location)
        #expect(!wrong.error.description.isEmpty)
    }

    @Test("what the encoder never writes is a sound record in these tests' own making")
    func maker() {
        let records = [
            Maker.record(type: 1, fields: Self.packet(), payload: [1, 2]),
            Maker.record(type: 1, fields: Self.picture(), payload: [1, 2, 3, 4]),
        ]
        for bytes in records {
            #expect(RecordDecoder.items(of: bytes).map { $0.record != nil } == [true])
        }
    }

    @Test("a wrong prefix is told by its error")
    func prefix() throws {
        let sound = Maker.record(type: 1, fields: Self.packet(), payload: [1])
        var wrong = sound
        wrong[0] ^= 1
        try Self.check(Case(bytes: wrong, error: .noSyncWord))
        wrong = sound
        wrong[20] ^= 1
        try Self.check(Case(bytes: wrong, error: .prefixChecksum))
        var maker = Maker()
        maker.version = 2
        try Self.check(Case(bytes: maker.bytes, error: .unsupportedVersion(2)))
        maker = Maker()
        maker.salt = 3
        try Self.check(Case(bytes: maker.bytes, error: .foreignSalt(3)))
        maker = Maker()
        maker.claimedHeaderByteCount = 65_537
        try Self.check(Case(bytes: maker.bytes, error: .headerTooLarge(byteCount: 65_537)))
        maker = Maker(payloadByteCount: 1 << 32 + 1)
        try Self.check(
            Case(bytes: maker.bytes, error: .payloadTooLarge(byteCount: 1 << 32 + 1))
        )
        try Self.check(
            Case(
                bytes: Maker.record(type: 77, fields: []),
                error: .unknownRecordType(77),
                isRefused: true
            )
        )
        try Self.check(
            Case(
                bytes: Maker.record(type: 6, fields: [], flags: 1),
                error: .unexpectedFlags(1),
                isRefused: true
            )
        )
    }

    @Test("wrong fields, payloads and trailers are told by their checksums")
    func checksums() throws {
        let sound = Maker.record(type: 1, fields: Self.packet(), payload: [1])
        let changes: [(Int, FormatError)] = [
            (60, .headerChecksum), (sound.count - 33, .payloadChecksum),
            (sound.count - 32, .trailerChecksum), (sound.count - 2, .trailerChecksum),
        ]
        for (position, error) in changes {
            var wrong = sound
            wrong[position] ^= 1
            try Self.check(Case(bytes: wrong, error: error))
        }
        let front = sound.dropLast(RecordTrailer.byteCount)
        for trailer in [
            Maker.trailer(recordByteCount: 9),
            Maker.trailer(recordByteCount: UInt64(sound.count), salt: 1),
        ] {
            try Self.check(Case(bytes: front + trailer, error: .trailerMismatch))
        }
    }

    @Test("a record that the stream does not hold to its end is told by its error")
    func absence() {
        let sound = Maker.record(type: 1, fields: Self.packet(), payload: [1])
        for length in [20, 56, 70, sound.count - 1] {
            let items = RecordDecoder.items(of: Array(sound.prefix(length)))
            #expect(items.compactMap(\.fault).map(\.error) == [.truncatedRecord])
        }
        var decoder = RecordDecoder(at: 0, salt: nil, pool: Samples.pool)
        decoder.appendLost(byteCount: 100)
        decoder.finish()
        #expect(decoder.next()?.fault?.error == .lostBytes)
        #expect(decoder.next() == nil)
    }

    @Test("fields that cannot be told apart are refused, one record only")
    func fieldTable() throws {
        let name = Maker.field(2, Array("h264".utf8))
        let cases: [Case] = [
            Self.refused(Self.packet() + [1], .fieldOverrun(field: 3)),
            Self.refused(Self.packet() + [9, 0, 255, 0], .fieldOverrun(field: 9)),
            Self.refused(Self.packet() + name, .fieldOrder(field: 2)),
            Self.refused(name + name, .fieldOrder(field: 2)),
            Self.refused(
                Self.packet() + Maker.field(0x8012, [1]),
                .unknownRequiredField(0x8012)
            ),
            Self.refused(Self.packet(changing: 2), .missingField(2)),
            Self.refused(Self.packet(changing: 3), .missingField(3)),
            Self.refused(Self.packet(changing: 3, to: [1]), .fieldLength(field: 3, byteCount: 1)),
            Self.refused(
                Self.packet(changing: 14, to: [1, 2]),
                .fieldLength(field: 14, byteCount: 2)
            ),
        ]
        for wrong in cases { try Self.check(wrong) }
    }

    @Test("values that the specification does not allow are refused")
    func values() throws {
        func wrong(_ field: UInt16, _ problem: FormatError.Problem) -> FormatError {
            .fieldValue(field: field, problem: problem)
        }
        let time = Self.le(Int64(1)) + Self.le(UInt32(0)) + Self.le(UInt32(1)) + [1]
        let cases: [Case] = [
            Self.refused(
                type: 6,
                Maker.field(1, [0xFF]) + Maker.field(2, []),
                wrong(1, .invalidText)
            ),
            Self.refused(Self.packet(changing: 2, to: Array("H264".utf8)), wrong(2, .invalidName)),
            Self.refused(Self.packet(changing: 2, to: []), wrong(2, .invalidName)),
            Self.refused(Self.packet(changing: 13, to: [9]), wrong(13, .unknownCase(9))),
            Self.refused(
                Self.packet(changing: 3, to: Self.le(UInt32(1 << 20 + 1)) + Self.le(UInt32(1))),
                wrong(3, .tooLarge(1 << 20 + 1))
            ),
            Self.refused(
                Self.picture(changing: 3, to: Self.le(UInt64(0))),
                payload: [1, 2, 3, 4],
                wrong(3, .zero)
            ),
            Self.refused(Self.packet(changing: 6, to: time), wrong(6, .zero)),
            Self.refused(Self.picture(), payload: [1, 2, 3], wrong(5, .planesDisagree)),
            Self.refused(Self.picture(), payload: [1, 2, 3, 4, 5], wrong(5, .planesDisagree)),
            Self.refused(
                Self.picture(changing: 5, to: Self.le(UInt64(0)) + Self.le(UInt64(1) << 32 + 4)),
                payload: [1, 2, 3, 4],
                wrong(5, .planesDisagree)
            ),
            Self.refused(
                Self.packet(changing: 17, to: [1, 1, 97] + Self.le(UInt64(3))),
                payload: [1, 2],
                wrong(17, .sideDataOverrun)
            ),
            Self.refused(
                Self.packet(changing: 15, to: Self.le(UInt64(1))) + Maker.field(16, [1]),
                wrong(15, .identityDisagrees)
            ),
            Self.refused(Self.packet(changing: 4, to: Array("gray".utf8)), wrong(4, .outOfPlace)),
            Self.refused(
                Self.picture(changing: 15, to: Self.le(UInt64(1))),
                payload: [1, 2, 3, 4],
                wrong(15, .outOfPlace)
            ),
        ]
        for wrong in cases { try Self.check(wrong) }
    }

    @Test("the encoder refuses what a decoder would refuse")
    func encoder() throws {
        let place = RecordPlace(sequence: 1, writerEpoch: 1, indexDistance: 0)
        func error(_ record: Record) -> FormatError? {
            do throws(FormatError) {
                _ = try RecordEncoder(salt: 1, pool: Samples.pool).encode(record, at: place)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(.mark(Mark(key: "", value: ""))) == .fieldValue(field: 1, problem: .zero))
        let long = String(repeating: "a", count: 70_000)
        #expect(error(.mark(Mark(key: "a", value: long))) == .headerTooLarge(byteCount: 70_000))
        var frame = Samples.picture(try Samples.format("gray"), width: 2, height: 2)
        frame.header.width = 3
        #expect(error(.frame(frame)) == .fieldValue(field: 5, problem: .planesDisagree))
        var packet = try Samples.packet(isKeyframe: true)
        packet.header.codecParameters?.identity += 1
        #expect(error(.frame(packet)) == .fieldValue(field: 15, problem: .identityDisagrees))
    }

    @Test("a field of a later version that may be skipped changes nothing")
    func skippableField() throws {
        let bytes = Maker.record(type: 1, fields: Self.packet() + Maker.field(0x7000, [1, 2, 3]))
        let plain = Maker.record(type: 1, fields: Self.packet())
        let records = try [bytes, plain].map { bytes in
            try #require(RecordDecoder.items(of: bytes).first?.record).record
        }
        #expect(records[0] == records[1])
    }

    @Test("the detail of a gap is cut at a whole character")
    func gapDetail() throws {
        let detail = String(repeating: "ü", count: 600)
        let gap = Gap(reason: .overflow, position: SourcePosition(), detail: detail)
        let place = RecordPlace(sequence: 0, writerEpoch: 1, indexDistance: 0)
        let bytes = try Samples.encode(.gap(gap), at: place)
        guard case .gap(let decoded) = RecordDecoder.items(of: bytes).first?.record?.record else {
            Issue.record("no gap")
            return
        }
        #expect(decoded.detail == String(repeating: "ü", count: 512))
    }
}
