import Buffers
import FrameFormat
import TestSupport
import Testing

/// Records that cover every field, for golden files and everything else.
enum Samples {
    static let pool = BufferPool()
    static let salt: UInt64 = 0x5A17_5A17_5A17_5A17

    /// A record, its place, and the name of its golden file.
    struct Sample: Sendable {
        var name: String
        var record: Record
        var place: RecordPlace
    }

    static func buffer(_ bytes: [UInt8]) -> Buffer {
        // Bytes have no padding that the raw view could show.
        pool.makeBuffer(copying: bytes.rawSpan)
    }

    /// Bytes that a seed decides.
    static func noise(_ byteCount: Int, seed: UInt64) -> Buffer {
        var generator = SeededGenerator(seed: seed)
        return buffer((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    static func picture(_ format: PixelFormat, width: UInt32, height: UInt32) -> Frame {
        var header = FrameHeader(codec: .raw, width: width, height: height, pixelFormat: format)
        header.planes = format.layout?.planes(width: width, height: height) ?? []
        header.flags = .keyframe
        let byteCount = format.layout?.payloadByteCount(width: width, height: height) ?? 0
        return Frame(header: header, payload: noise(Int(byteCount), seed: UInt64(width)))
    }

    static func format(_ name: String) throws -> PixelFormat {
        try #require(PixelFormat(name: name))
    }

    static let time = StampedTime(
        MediaTime(value: -1001, timeBase: Rational(1, 30_000)),
        provenance: .container
    )

    static func packet(isKeyframe: Bool) throws -> Frame {
        var header = FrameHeader(
            codec: try #require(Codec(name: "h264")),
            width: 640,
            height: 480
        )
        header.position = SourcePosition(sourceID: 1, ordinal: 2, origin: 1)
        let parameters = CodecParameters(
            codecTag: 0x3163_7661,
            profile: 100,
            level: 31,
            bitsPerRawSample: 8,
            videoDelay: 2,
            pixelFormat: try format("yuv420p"),
            extraData: [1, 100, 0, 31, 0xFF]
        )
        header.codecParameters = CodecParametersReference(
            identity: parameters.identity,
            parameters: isKeyframe ? parameters : nil
        )
        header.flags = isKeyframe ? [.keyframe, .discontinuity] : .disposable
        header.presentationTime = time
        return Frame(header: header, payload: buffer([0, 0, 0, 1, 0x65, 0x88, 0x84]))
    }

    static func maximal() throws -> Frame {
        var frame = picture(try format("yuv420p10le"), width: 5, height: 3)
        frame.header.position = SourcePosition(sourceID: 3, ordinal: 1 << 40, origin: 77)
        frame.header.flags = [.keyframe, .discontinuity, .corrupt, .sourceKeyframe]
        frame.header.presentationTime = time
        frame.header.decodeTime = StampedTime(
            MediaTime(value: .min, timeBase: Rational(1, .max)),
            provenance: .bitstream
        )
        frame.header.duration = StampedTime(
            MediaTime(value: 1001, timeBase: Rational(1, 30_000)),
            provenance: .derived
        )
        frame.header.captureTime = CaptureTime(
            nanoseconds: 1_700_000_000_123_456_789,
            quality: .synchronized
        )
        frame.header.color = ColorDescription(
            range: .init(1, provenance: .bitstream),
            primaries: .init(9, provenance: .container),
            transfer: .init(16, provenance: .user),
            matrix: .init(9, provenance: .derived),
            chromaLocation: .init(3, provenance: .bitstream)
        )
        frame.header.sampleAspectRatio = Rational(4, 3)
        frame.header.displayMatrix = DisplayMatrix(
            elements: [0, 65_536, 0, -65_536, 0, 0, 0, 0, 1 << 30])
        frame.header.fieldOrder = .bottomFirst
        frame.header.repeatCount = 1
        frame.sideData = [
            SideData(origin: .picture, kind: "icc-profile", bytes: noise(33, seed: 5)),
            SideData(origin: .packet, kind: "palette", bytes: buffer([])),
            SideData(origin: .packet, kind: "a53-captions", bytes: buffer([1, 2, 3])),
        ]
        return frame
    }

    private static let begin = SourceBegin(
        sourceID: 1,
        name: "file:clips/übung.mp4",
        fingerprint: SourceFingerprint(byteCount: 12_345, digest: Array(0..<32)),
        selection: "payload=raw stream=0",
        totals: StreamTotals()
    )

    private static let end = SourceEnd(
        sourceID: 1,
        frameCount: 5,
        gapCount: 1,
        corruptFrameCount: 1
    )

    private static let gap = Gap(
        reason: .undecodable,
        position: SourcePosition(sourceID: 1, ordinal: 9, origin: 8),
        unit: .packets,
        first: 10,
        last: 12,
        presentationTime: time.time,
        detail: "invalid data found when processing input"
    )

    private static let index = IndexBlock(
        ordinal: 2,
        entries: [
            .init(
                distance: 900,
                sequence: 4,
                flags: .keyframe,
                isGap: false,
                presentationTime: time.time
            ),
            .init(distance: 90, sequence: 4, flags: [], isGap: true, presentationTime: nil),
        ],
        links: [2000, 4000],
        sourceBeginDistance: 5000,
        totals: StreamTotals(frameCount: 6, gapCount: 1, corruptFrameCount: 1)
    )

    static func all() throws -> [Sample] {
        let records: [(String, Record)] = [
            ("source-begin", .sourceBegin(begin)),
            ("raw-yuv420p", .frame(picture(try format("yuv420p"), width: 6, height: 4))),
            ("raw-odd-pal8", .frame(picture(try format("pal8"), width: 3, height: 1))),
            ("h264-keyframe", .frame(try packet(isKeyframe: true))),
            ("packet-reference", .frame(try packet(isKeyframe: false))),
            ("gap", .gap(gap)),
            ("fields-maximal", .frame(try maximal())),
            ("index", .index(index)),
            ("mark", .mark(Mark(key: "operator", value: "cut here ✂"))),
            ("source-end", .sourceEnd(end)),
        ]
        return placed(records)
    }

    /// Records with fields that were added to version 1 later.
    static func later() throws -> [Sample] {
        placed(identities) + [try decoderContext(), indexWithSources]
    }

    private static func placed(_ records: [(String, Record)]) -> [Sample] {
        var sequence: UInt64 = 0
        return records.enumerated().map { number, entry in
            var (name, record) = entry
            if case .frame(var frame) = record {
                sequence += 1
                frame.header.sequence = sequence
                frame.header.writerEpoch = 7
                record = .frame(frame)
            }
            let place = RecordPlace(
                sequence: sequence,
                writerEpoch: 7,
                indexDistance: UInt64(number) * 100
            )
            return Sample(name: name, record: record, place: place)
        }
    }

    /// An index record that knows where ended sources are listed.
    private static var indexWithSources: Sample {
        var block = index
        block.sourceDigestDistance = 1 << 33
        let place = RecordPlace(sequence: 6, writerEpoch: 7, indexDistance: 2000)
        return Sample(name: "index-sources", record: .index(block), place: place)
    }

    private static func decoderContext() throws -> Sample {
        var frame = try packet(isKeyframe: true)
        frame.header.sequence = 1
        frame.header.writerEpoch = 7
        frame.header.decoderContext = DecoderContext([
            .init(kind: "new-extradata", bytes: [1, 100, 0, 30, 0xFF]),
            .init(kind: "palette", bytes: Array(0..<16)),
            .init(kind: DecoderContext.headers, bytes: [0, 0, 0, 1, 0x67, 0x64]),
        ])
        let place = RecordPlace(sequence: 1, writerEpoch: 7, indexDistance: 0)
        return Sample(name: "decoder-context", record: .frame(frame), place: place)
    }

    /// All samples one after the other, and where each starts.
    static func stream(salt: UInt64 = salt) throws -> (bytes: [UInt8], offsets: [Int]) {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        for sample in try all() {
            offsets.append(bytes.count)
            bytes += try encode(sample.record, at: sample.place, salt: salt)
        }
        return (bytes, offsets)
    }

    static func encode(
        _ record: Record,
        at place: RecordPlace,
        salt: UInt64 = salt
    ) throws -> [UInt8] {
        try RecordEncoder(salt: salt, pool: pool).encode(record, at: place).allBytes
    }
}

extension EncodedRecord {
    /// The bytes of all pieces, one after the other.
    var allBytes: [UInt8] {
        pieces.flatMap { unsafe $0.bytes.bytes.withUnsafeBytes { unsafe Array($0) } }
    }
}

extension RecordDecoder {
    /// The items of `bytes`, cut into chunks of `chunkByteCount`.
    static func items(
        of bytes: [UInt8],
        salt: UInt64? = Samples.salt,
        chunkByteCount: Int = .max,
        checksums: Bool = false
    ) -> [Item] {
        let buffer = Samples.buffer(bytes)
        var decoder = RecordDecoder(at: 0, salt: salt, pool: Samples.pool)
        var items: [Item] = []
        var offset = 0
        while offset < bytes.count {
            let end = offset + min(chunkByteCount, bytes.count - offset)
            let chunk = buffer.slice(offset..<end)
            decoder.append(chunk, checksum: checksums ? CRC32C(of: chunk.bytes) : nil)
            while let item = decoder.next() { items.append(item) }
            offset = end
        }
        decoder.finish()
        while let item = decoder.next() { items.append(item) }
        return items
    }
}

extension RecordDecoder.Item {
    var record: StoredRecord? { if case .record(let record) = self { record } else { nil } }
    var fault: RecordFault? { if case .fault(let fault) = self { fault } else { nil } }
}

extension Buffer {
    /// The bytes as an array.
    var allBytes: [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
