public import Buffers

/// Reads the fields of a record without its payload.
public enum RecordHeaderCoding {
    /// Decodes the record that `prefix` starts, from its fields alone, after checking their
    /// checksum.
    ///
    /// A frame comes with an empty payload and with side data whose bytes are missing; an index
    /// block comes without entries. Nothing is known then about the payload's bytes being sound.
    ///
    /// - Parameters:
    ///   - prefix: The record's prefix.
    ///   - header: The bytes of the fields: exactly `prefix.headerByteCount`.
    ///   - pool: Gives the memory that empty buffers need.
    public static func decode(
        prefix: RecordPrefix,
        header: RawSpan,
        pool: BufferPool
    ) throws(FormatError) -> Record {
        precondition(header.byteCount == prefix.headerByteCount, "all fields are given")
        guard CRC32C(of: header) == prefix.headerChecksum else { throw .headerChecksum }
        let contents = try HeaderContents(prefix: prefix, fields: header.copiedBytes)
        return try contents.record { _ in pool.makeBuffer(byteCount: 0).freeze() }
    }
}

/// A record but for its payload.
struct HeaderContents {
    private enum Kind {
        case frame(FrameHeader, [SideDataEntry])
        case index(IndexBlock)
        case whole(Record)
    }

    private let kind: Kind
    private let payloadByteCount: UInt64

    /// Reads the fields of the record that `prefix` starts.
    init(prefix: RecordPrefix, fields: [UInt8]) throws(FormatError) {
        guard let type = prefix.type else { throw .unknownRecordType(prefix.typeNumber) }
        guard type == .frame || prefix.flags.isEmpty else {
            throw .unexpectedFlags(prefix.flags.rawValue)
        }
        guard type == .frame || type == .index || prefix.payloadByteCount == 0 else {
            throw .payloadTooLarge(byteCount: prefix.payloadByteCount)
        }
        payloadByteCount = prefix.payloadByteCount
        switch type {
        case .frame:
            let (header, sideData) = try FrameFields.decode(fields, prefix: prefix)
            kind = .frame(header, sideData)
        case .gap: kind = .whole(.gap(try GapFields.decode(fields)))
        case .index: kind = .index(try IndexFields.decode(fields, prefix: prefix))
        case .sourceBegin: kind = .whole(.sourceBegin(try SourceFields.decodeBegin(fields)))
        case .sourceEnd: kind = .whole(.sourceEnd(try SourceFields.decodeEnd(fields)))
        case .mark: kind = .whole(.mark(try SourceFields.decodeMark(fields)))
        }
    }

    /// Joins the fields with the parts of the payload, which `part` makes for ranges inside it.
    func record(part: (Range<UInt64>) -> Buffer) throws(FormatError) -> Record {
        switch kind {
        case .whole(let record): return record
        case .index(var block):
            let bytes = part(0..<payloadByteCount).bytes.copiedBytes
            block.entries = try IndexFields.decodeEntries(bytes)
            return .index(block)
        case .frame(let header, let entries):
            var offset = payloadByteCount - entries.reduce(0) { $0 + $1.byteCount }
            let content = part(0..<offset)
            var sideData: [SideData] = []
            for entry in entries {
                let range = offset..<offset + entry.byteCount
                sideData.append(
                    SideData(origin: entry.origin, kind: entry.kind, bytes: part(range))
                )
                offset = range.upperBound
            }
            return .frame(Frame(header: header, payload: content, sideData: sideData))
        }
    }
}

extension RawSpan {
    /// The bytes as an array.
    var copiedBytes: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
