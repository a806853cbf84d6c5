import Buffers
import FrameFormat
import Testing

@Suite("RecordHeaderCoding")
struct HeaderCodingTests {
    @Test("prefix, fields and trailer tell all but the payload")
    func headerOnly() throws {
        for sample in try Samples.all() {
            let bytes = Samples.buffer(try Samples.encode(sample.record, at: sample.place))
            let prefix = try RecordPrefix(bytes.bytes)
            #expect(prefix.recordByteCount == UInt64(bytes.byteCount))
            #expect(prefix.type == RecordType(of: sample.record))
            let header = bytes.slice(
                RecordPrefix.byteCount..<RecordPrefix.byteCount + prefix.headerByteCount
            )
            let record = try RecordHeaderCoding.decode(
                prefix: prefix,
                header: header.bytes,
                pool: Samples.pool
            )
            switch (record, sample.record) {
            case (.frame(let decoded), .frame(let written)):
                #expect(decoded.header == written.header)
                #expect(decoded.payload.byteCount == 0)
                #expect(decoded.sideData.map(\.kind) == written.sideData.map(\.kind))
            case (.index(let decoded), .index(let written)):
                #expect(decoded.links == written.links && decoded.entries.isEmpty)
            default:
                #expect(record == sample.record)
            }
            let end = bytes.byteCount
            let trailer = try RecordTrailer(bytes.slice(end - RecordTrailer.byteCount..<end).bytes)
            #expect(trailer.recordByteCount == UInt64(end))
            #expect(trailer.indexDistance == sample.place.indexDistance)
            #expect(trailer.salt == Samples.salt)
        }
    }

    @Test("fields with a wrong checksum are refused without their payload too")
    func wrongChecksum() throws {
        var bytes = try Samples.encode(
            .mark(Mark(key: "a", value: "b")),
            at: RecordPlace(sequence: 0, writerEpoch: 1, indexDistance: 0)
        )
        bytes[60] ^= 1
        let buffer = Samples.buffer(bytes)
        let prefix = try RecordPrefix(buffer.bytes)
        #expect(throws: FormatError.headerChecksum) {
            try RecordHeaderCoding.decode(
                prefix: prefix,
                header: buffer.slice(56..<56 + prefix.headerByteCount).bytes,
                pool: Samples.pool
            )
        }
    }

    @Test("an index as large as its limit comes back, and one entry more is refused")
    func largeIndex() throws {
        let entry = IndexBlock.Entry(
            distance: 1,
            sequence: 2,
            flags: [],
            isGap: false,
            presentationTime: nil
        )
        let maximum = FormatLimits.indexEntryCountMaximum
        var block = IndexBlock(
            ordinal: 1,
            entries: Array(repeating: entry, count: maximum),
            links: [],
            sourceBeginDistance: 0,
            totals: StreamTotals()
        )
        let place = RecordPlace(sequence: 1, writerEpoch: 1, indexDistance: 0)
        let bytes = try Samples.encode(.index(block), at: place)
        #expect(RecordDecoder.items(of: bytes).first?.record?.record == .index(block))
        block.entries.append(entry)
        let tooMany = FormatError.fieldValue(field: 5, problem: .tooLarge(UInt64(maximum) + 1))
        #expect(throws: tooMany) { try Samples.encode(.index(block), at: place) }
    }

    @Test("the largest parts of a header fit into a header together")
    func limits() {
        let sideData = FormatLimits.sideDataCountMaximum * (10 + FormatLimits.nameByteCountMaximum)
        let frame =
            FormatLimits.extraDataByteCountMaximum + sideData
            + FormatLimits.decoderContextByteCountMaximum + 1024
        #expect(frame <= FormatLimits.headerByteCountMaximum)
        #expect(
            2 * FormatLimits.sourceTextByteCountMaximum + 1024
                <= FormatLimits.headerByteCountMaximum
        )
        #expect(
            FormatLimits.markValueByteCountMaximum + 1024 <= FormatLimits.headerByteCountMaximum
        )
    }

    @Test("the identity of codec parameters is FNV-1a over their encoded bytes")
    func identity() {
        // FNV-1a of the fields worked out by hand: eight fields, all numbers but the identity 0.
        let parameters = CodecParameters()
        var bytes: [UInt8] = []
        for (id, value) in [0, -99, -99, 0, 0, 0].enumerated() {
            bytes += RecordPrefixMaker.field(
                UInt16(id + 1),
                RecordPrefixMaker.littleEndian(Int32(value))
            )
        }
        bytes += RecordPrefixMaker.field(7, []) + RecordPrefixMaker.field(8, [])
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        #expect(parameters.identity == hash)
    }
}
