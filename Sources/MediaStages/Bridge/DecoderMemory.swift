internal import Buffers
internal import FrameFormat

/// What the packets of a source told its decoder so far, as each keyframe stores it. Pure.
///
/// A decoder that starts at a keyframe is handed the codec parameters, then what is noted here,
/// then the keyframe, and knows then what one that saw all packets knows.
struct DecoderMemory {
    /// Bytes at the start of a packet within which headers are looked for.
    private static let headByteCountMaximum = 64 << 10
    /// The same where a packet may be two fields, each with headers.
    private static let fieldsByteCountMaximum = 4 << 20

    private let codecName: String
    private let extraData: [UInt8]
    private let isField: Bool
    private var sideData: [String: [UInt8]] = [:]
    private var reader: CodedHeaderReader?
    private var told: [CodedHeader.Slot: CodedHeader] = [:]

    /// Begins with the first packet of a source, whose header is like this.
    init(_ header: FrameHeader) {
        codecName = header.codec.name
        extraData = header.codecParameters?.parameters?.extraData ?? []
        isField = header.fieldOrder == .topFirst || header.fieldOrder == .bottomFirst
        reader = CodedHeaderReader(codecName: codecName, extraData: extraData)
    }

    /// Takes the next packet; one that is a keyframe, or the first, gets its context.
    mutating func take(_ frame: inout Frame) {
        let fresh = frame.sideData.filter {
            $0.origin == .packet && DecoderContext.lastingKinds.contains($0.kind)
        }
        for piece in fresh {
            sideData[piece.kind] = piece.bytes.array
            if piece.kind == "new-extradata" { begin(with: piece.bytes.array) }
        }
        let own = reader.map { headers(of: frame, $0) } ?? []
        if frame.header.codecParameters?.parameters != nil {
            let context = context(without: Set(fresh.map(\.kind)), Set(own.map(\.slot)))
            let isHeld = context.byteCount <= FormatLimits.decoderContextByteCountMaximum
            frame.header.decoderContext = isHeld ? context : nil
        }
        for header in own { tell(header) }
    }

    private mutating func begin(with extraData: [UInt8]) {
        reader = CodedHeaderReader(codecName: codecName, extraData: extraData)
        told = [:]
    }

    private func headers(of frame: Frame, _ reader: CodedHeaderReader) -> [CodedHeader] {
        let whole = frame.payload.byteCount
        let maximum = isField ? Self.fieldsByteCountMaximum : Self.headByteCountMaximum
        let head = frame.payload.slice(0..<min(whole, maximum)).array
        return reader.headers(in: head, isCut: head.count < whole, isField: isField)
    }

    private mutating func tell(_ header: CodedHeader) {
        let before = told[header.slot] ?? reader?.known[header.slot]
        if let before, before.bytes != header.bytes {
            told = told.filter { $0.value.parent != header.slot }
        }
        told[header.slot] = header
    }

    /// What a decoder needs that starts at a packet with such side data and headers of its own.
    private func context(
        without kinds: Set<String>,
        _ slots: Set<CodedHeader.Slot>
    ) -> DecoderContext {
        var context = DecoderContext()
        for kind in DecoderContext.lastingKinds where !kinds.contains(kind) {
            guard let bytes = sideData[kind] else { continue }
            if kind == "new-extradata", bytes == extraData { continue }
            context.pieces.append(.init(kind: kind, bytes: bytes))
        }
        guard let reader else { return context }
        let isMissing = told.values.contains { header in
            !slots.contains(header.slot) && reader.known[header.slot]?.bytes != header.bytes
        }
        guard isMissing else { return context }
        let headers = told.values.sorted { $0.slot < $1.slot }.flatMap(reader.form)
        context.pieces.append(.init(kind: DecoderContext.headers, bytes: headers))
        return context
    }
}
