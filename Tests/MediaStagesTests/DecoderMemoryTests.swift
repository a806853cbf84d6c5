import Buffers
import FrameFormat
import FrameStreams
import Testing

@testable import MediaStages

@Suite("what packets told a decoder")
struct DecoderMemoryTests {
    private static let pool = BufferPool()

    private static func frame(
        _ codec: String,
        _ payload: [UInt8],
        isKey: Bool,
        extraData: [UInt8] = [],
        sideData: [(String, [UInt8])] = []
    ) throws -> Frame {
        let codec = try #require(Codec(name: codec))
        var header = FrameHeader(codec: codec, width: 16, height: 16)
        let parameters = CodecParameters(extraData: extraData)
        header.codecParameters = CodecParametersReference(
            identity: parameters.identity,
            parameters: isKey ? parameters : nil
        )
        header.fieldOrder = .progressive
        if isKey { header.flags = .keyframe }
        return Frame(
            header: header,
            payload: pool.makeBuffer(copying: payload.rawSpan),
            sideData: sideData.map { kind, bytes in
                SideData(
                    origin: .packet,
                    kind: kind,
                    bytes: pool.makeBuffer(copying: bytes.rawSpan)
                )
            }
        )
    }

    /// The contexts of packets of one source.
    private static func contexts(_ frames: [Frame]) -> [DecoderContext?] {
        var memory = DecoderMemory(frames[0].header)
        return frames.map { frame in
            var frame = frame
            memory.take(&frame)
            return frame.header.decoderContext
        }
    }

    // Parameter sets with the number 0: profile, constraints and level, then a 1 bit for each 0.
    private static let sequence: [UInt8] = [0x67, 66, 0, 10, 0x80, 1]
    private static let other: [UInt8] = [0x67, 66, 0, 20, 0x80, 2]
    private static let picture: [UInt8] = [0x68, 0xC0, 1]
    private static let second: [UInt8] = [0x68, 0x50, 1]

    private static func annexB(_ units: [UInt8]...) -> [UInt8] {
        units.flatMap { [0, 0, 0, 1] + $0 }
    }

    @Test("sets that a keyframe has itself, or the extra data have, are not stored")
    func nothingNeeded() throws {
        let whole = Self.annexB(Self.sequence, Self.picture, [0x65, 1, 2, 3])
        let bare = Self.annexB([0x65, 1, 2, 3])
        let sets = Self.annexB(Self.sequence, Self.picture)
        let repeated = try [true, false, true].map { try Self.frame("h264", whole, isKey: $0) }
        #expect(Self.contexts(repeated) == [DecoderContext(), nil, DecoderContext()])
        let stated = try [whole, bare].map {
            try Self.frame("h264", $0, isKey: true, extraData: sets)
        }
        #expect(Self.contexts(stated) == [DecoderContext(), DecoderContext()])
    }

    @Test("sets that came once are stored with later keyframes, the newest of each number")
    func onceOnly() throws {
        let bare = Self.annexB([0x65, 1, 2, 3])
        let packets: [([UInt8], Bool)] = [
            (Self.annexB(Self.sequence, Self.picture, [0x65, 1]), true),
            (Self.annexB(Self.second, [0x41, 1]), false), (bare, true),
            (Self.annexB(Self.other, Self.picture, [0x65, 1]), true), (bare, true),
        ]
        let found = try Self.contexts(packets.map { try Self.frame("h264", $0, isKey: $1) })
        let headers = found.map { $0?[DecoderContext.headers] }
        #expect(headers[2] == Self.annexB(Self.sequence, Self.picture, Self.second))
        // Another sequence parameter set makes the picture parameter sets of the old one void.
        #expect(headers[4] == Self.annexB(Self.other, Self.picture))
    }

    @Test("sets stand behind lengths where units do")
    func lengths() throws {
        let extraData: [UInt8] =
            [1, 66, 0, 10, 0xFF, 0xE1, 0, 6] + Self.sequence + [1, 0, 3] + Self.picture
        func packet(_ units: [UInt8]...) -> [UInt8] {
            units.flatMap { [0, 0, 0, UInt8($0.count)] + $0 }
        }
        let frames = try [packet(Self.other, Self.picture, [0x65, 1]), packet([0x65, 1])].map {
            try Self.frame("h264", $0, isKey: true, extraData: extraData)
        }
        let context = try #require(Self.contexts(frames)[1])
        let sets = packet(Self.other, Self.picture)
        #expect(context == DecoderContext([.init(kind: DecoderContext.headers, bytes: sets)]))
        let stored = try #require(frames.last).withContext(context).startingDecoder(Self.pool)
        #expect(stored.payload.array == sets + packet([0x65, 1]))
    }

    @Test("new extra data and palettes hold until others come, and void sets from before")
    func sideData() throws {
        let old = Self.annexB(Self.other, Self.picture, [0x65, 1])
        let bare = Self.annexB([0x65, 1])
        let fresh = Self.annexB(Self.sequence, Self.picture)
        let frames = [
            try Self.frame("h264", old, isKey: true, sideData: [("palette", [1, 2])]),
            try Self.frame("h264", bare, isKey: false, sideData: [("new-extradata", fresh)]),
            try Self.frame("h264", bare, isKey: true, sideData: [("a53-captions", [9])]),
            try Self.frame("h264", bare, isKey: true, sideData: [("palette", [3])]),
            try Self.frame("h264", bare, isKey: true, sideData: [("new-extradata", [])]),
        ]
        let found = Self.contexts(frames)
        let extraData = DecoderContext.Piece(kind: "new-extradata", bytes: fresh)
        #expect(
            found == [
                DecoderContext(), nil,
                DecoderContext([extraData, .init(kind: "palette", bytes: [1, 2])]),
                DecoderContext([extraData]),
                DecoderContext([.init(kind: "palette", bytes: [3])]),
            ]
        )
        let start = frames[2].withContext(try #require(found[2])).startingDecoder(Self.pool)
        #expect(start.sideData.map(\.kind) == ["a53-captions", "new-extradata", "palette"])
    }

    @Test("a sequence header of MPEG-2 and AV1 is kept up to the picture")
    func sequenceHeaders() throws {
        let header: [UInt8] = [0, 0, 1, 0xB3, 1, 2, 3, 0, 0, 1, 0xB5, 4]
        let intra: [UInt8] = [0, 0, 1, 0, 7, 7]
        let mpeg = try [header + intra, intra].map { try Self.frame("mpeg2video", $0, isKey: true) }
        #expect(Self.contexts(mpeg)[1]?[DecoderContext.headers] == header)
        let unit: [UInt8] = [0x0A, 2, 5, 6]
        let frame: [UInt8] = [0x32, 1, 9]
        let av1 = try [[0x12, 0] + unit + frame, [0x12, 0] + frame]
            .map { try Self.frame("av1", $0, isKey: true) }
        #expect(Self.contexts(av1)[1]?[DecoderContext.headers] == unit)
    }

    @Test("no packet, whatever is in it, is misread")
    func noise() throws {
        var bytes: [UInt8] = Self.annexB(Self.sequence, Self.picture, [0x65, 1])
        for codec in ["h264", "hevc", "av1", "mpeg2video", "mpeg4"] {
            for step in 0..<200 {
                bytes[step * 7 % bytes.count] = UInt8(truncatingIfNeeded: step &* 0x9D)
                let extraData = step % 3 == 0 ? [1] + bytes : []
                var frame = try Self.frame(codec, bytes, isKey: true, extraData: extraData)
                var memory = DecoderMemory(frame.header)
                memory.take(&frame)
                #expect(frame.header.decoderContext != nil)
            }
        }
    }
}

extension Frame {
    fileprivate func withContext(_ context: DecoderContext) -> Frame {
        var frame = self
        frame.header.decoderContext = context
        return frame
    }
}
