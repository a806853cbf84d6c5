import Buffers
import FrameFormat

/// A value of JSON, with whole numbers kept exact.
///
/// The twins of the golden files are written by this type alone, without `JSONEncoder`, so that a
/// key keeps its place and a number of 64 bits its last digit.
enum JSON: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case list([JSON])
    case object([(String, JSON)])

    static func == (left: JSON, right: JSON) -> Bool { left.description == right.description }

    static func number(_ value: some BinaryInteger) -> JSON { .number("\(value)") }

    static func hex(_ bytes: [UInt8]) -> JSON {
        .text(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }
}

extension JSON: CustomStringConvertible {
    var description: String { lines(indent: "") }

    private func lines(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .number(let digits): return digits
        case .text(let text): return Self.quote(text)
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            let parts = items.map { inner + $0.lines(indent: inner) }
            return "[\n" + parts.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            let parts = members.map {
                inner + Self.quote($0.0) + ": " + $0.1.lines(indent: inner)
            }
            return "{\n" + parts.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    private static func quote(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 32:
                "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

// MARK: - Records

extension JSON {
    /// All that a stored record says.
    init(_ stored: StoredRecord) {
        var members: [(String, JSON)] = [
            ("offset", .number(stored.offset)),
            ("byteCount", .number(stored.byteCount)),
            ("sequence", .number(stored.place.sequence)),
            ("writerEpoch", .number(stored.place.writerEpoch)),
            ("indexDistance", .number(stored.place.indexDistance)),
        ]
        members.append(Self.member(stored.record))
        self = .object(members)
    }

    private static func member(_ record: Record) -> (String, JSON) {
        switch record {
        case .frame(let frame): ("frame", JSON(frame))
        case .gap(let gap): ("gap", JSON(gap))
        case .index(let block): ("index", JSON(block))
        case .sourceBegin(let begin): ("sourceBegin", JSON(begin))
        case .sourceEnd(let end):
            (
                "sourceEnd",
                .object(
                    [
                        ("sourceID", .number(end.sourceID)),
                        ("frameCount", .number(end.frameCount)),
                        ("gapCount", .number(end.gapCount)),
                        ("corruptFrameCount", .number(end.corruptFrameCount)),
                    ] + members(end.content) + members(end.identity)
                )
            )
        case .mark(let mark):
            ("mark", .object([("key", .text(mark.key)), ("value", .text(mark.value))]))
        }
    }

    private init(_ frame: Frame) {
        let header = frame.header
        var members: [(String, JSON)] = [
            ("codec", .text(header.codec.name)),
            ("flags", .number(header.flags.rawValue)),
            ("width", .number(header.width)),
            ("height", .number(header.height)),
        ]
        if let format = header.pixelFormat { members.append(("pixelFormat", .text(format.name))) }
        members.append(("planes", .list(header.planes.map { JSON($0) })))
        members.append(("position", JSON(header.position)))
        members.append(("presentationTime", JSON(header.presentationTime)))
        members.append(("decodeTime", JSON(header.decodeTime)))
        members.append(("duration", JSON(header.duration)))
        if let time = header.captureTime {
            members.append(("captureNanoseconds", .number(time.nanoseconds)))
            members.append(("captureQuality", .text("\(time.quality)")))
        }
        members.append(("color", JSON(header.color)))
        if let ratio = header.sampleAspectRatio {
            members.append(("sampleAspectRatio", JSON(ratio)))
        }
        if let matrix = header.displayMatrix {
            members.append(("displayMatrix", .list(matrix.elements.map { .number($0) })))
        }
        members.append(("fieldOrder", .text("\(header.fieldOrder)")))
        members.append(("repeatCount", .number(header.repeatCount)))
        if let reference = header.codecParameters {
            members.append(("codecParameters", JSON(reference)))
        }
        if let context = header.decoderContext {
            let pieces = context.pieces.map { piece in
                JSON.object([("kind", .text(piece.kind)), ("bytes", .hex(piece.bytes))])
            }
            members.append(("decoderContext", .list(pieces)))
        }
        members.append(("payload", .hex(frame.payload.allBytes)))
        members.append(("sideData", .list(frame.sideData.map { JSON($0) })))
        self = .object(members)
    }

    private init(_ sideData: SideData) {
        self = .object([
            ("origin", .text("\(sideData.origin)")),
            ("kind", .text(sideData.kind)),
            ("bytes", .hex(sideData.bytes.allBytes)),
        ])
    }

    private init(_ plane: PlaneLayout) {
        self = .object([
            ("offset", .number(plane.offset)), ("rowByteCount", .number(plane.rowByteCount)),
            ("rowCount", .number(plane.rowCount)),
        ])
    }

    private init(_ position: SourcePosition) {
        self = .object([
            ("sourceID", .number(position.sourceID)), ("ordinal", .number(position.ordinal)),
            ("origin", .number(position.origin)),
        ])
    }

    private init(_ rational: Rational) {
        self = .text("\(rational.numerator)/\(rational.denominator)")
    }

    private init(_ time: MediaTime?) {
        guard let time else {
            self = .null
            return
        }
        self = .object([("value", .number(time.value)), ("timeBase", JSON(time.timeBase))])
    }

    private init(_ stamped: StampedTime?) {
        guard let stamped else {
            self = .null
            return
        }
        self = .object([
            ("value", .number(stamped.time.value)), ("timeBase", JSON(stamped.time.timeBase)),
            ("provenance", .text("\(stamped.provenance)")),
        ])
    }

    private init(_ color: ColorDescription) {
        func property(_ property: ColorDescription.Property) -> JSON {
            .object([
                ("codePoint", .number(property.codePoint)),
                ("provenance", .text("\(property.provenance)")),
            ])
        }
        self = .object([
            ("range", property(color.range)), ("primaries", property(color.primaries)),
            ("transfer", property(color.transfer)), ("matrix", property(color.matrix)),
            ("chromaLocation", property(color.chromaLocation)),
        ])
    }

    private init(_ reference: CodecParametersReference) {
        var members: [(String, JSON)] = [("identity", .number(reference.identity))]
        if let parameters = reference.parameters {
            members += [
                ("codecTag", .number(parameters.codecTag)),
                ("profile", .number(parameters.profile)),
                ("level", .number(parameters.level)),
                ("bitsPerCodedSample", .number(parameters.bitsPerCodedSample)),
                ("bitsPerRawSample", .number(parameters.bitsPerRawSample)),
                ("videoDelay", .number(parameters.videoDelay)),
                ("pixelFormat", .text(parameters.pixelFormat?.name ?? "")),
                ("extraData", .hex(parameters.extraData)),
            ]
        }
        self = .object(members)
    }

    private init(_ gap: Gap) {
        self = .object([
            ("reason", .text("\(gap.reason)")), ("position", JSON(gap.position)),
            ("unit", .text("\(gap.unit)")), ("first", .number(gap.first)),
            ("last", .number(gap.last)), ("presentationTime", JSON(gap.presentationTime)),
            ("detail", .text(gap.detail)),
        ])
    }

    private init(_ totals: StreamTotals) {
        self = .object([
            ("frameCount", .number(totals.frameCount)), ("gapCount", .number(totals.gapCount)),
            ("corruptFrameCount", .number(totals.corruptFrameCount)),
        ])
    }

    private init(_ block: IndexBlock) {
        let entries = block.entries.map { entry in
            JSON.object([
                ("distance", .number(entry.distance)), ("sequence", .number(entry.sequence)),
                ("flags", .number(entry.flags.rawValue)), ("isGap", .bool(entry.isGap)),
                ("presentationTime", JSON(entry.presentationTime)),
            ])
        }
        // Not in the twins of what version 0.1.0 wrote.
        let later: [(String, JSON)] =
            block.sourceDigestDistance == 0
            ? [] : [("sourceDigestDistance", .number(block.sourceDigestDistance))]
        self = .object(
            [
                ("ordinal", .number(block.ordinal)), ("entries", .list(entries)),
                ("links", .list(block.links.map { .number($0) })),
                ("sourceBeginDistance", .number(block.sourceBeginDistance)),
                ("totals", JSON(block.totals)),
            ] + later
        )
    }

    private init(_ begin: SourceBegin) {
        self = .object(
            [
                ("sourceID", .number(begin.sourceID)), ("name", .text(begin.name)),
                ("fingerprintByteCount", .number(begin.fingerprint.byteCount)),
                ("fingerprintDigest", .hex(begin.fingerprint.digest)),
                ("selection", .text(begin.selection)), ("totals", JSON(begin.totals)),
            ] + Self.members(begin.identity)
        )
    }

    private static func members(_ content: SourceContent?) -> [(String, JSON)] {
        guard let content else { return [] }
        return [
            ("contentByteCount", .number(content.byteCount)),
            ("contentDigest", .hex(content.digest)),
        ]
    }

    private static func members(_ identity: SourceIdentity?) -> [(String, JSON)] {
        switch identity {
        case .file(let file):
            let members: [(String, JSON)] = [
                ("device", .number(file.device)), ("inode", .number(file.inode)),
                ("byteCount", .number(file.byteCount)),
                ("modificationTime", .number(file.modificationTime)),
                ("changeTime", .number(file.changeTime)),
            ]
            return [("file", .object(members))]
        case .files(let files):
            let members: [(String, JSON)] = [
                ("fileCount", .number(files.fileCount)), ("digest", .hex(files.digest)),
            ]
            return [("files", .object(members))]
        case nil: return []
        }
    }
}
