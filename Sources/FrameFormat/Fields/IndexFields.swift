internal import Buffers

/// The fields and the entries of an index record (specification, section 6.4).
///
/// The entries are the payload, since 4096 of them are longer than a header may be.
enum IndexFields {
    /// Bytes of an entry.
    static let entryByteCount = 40

    static func encode(_ block: IndexBlock) throws(FormatError) -> [UInt8] {
        typealias ID = FieldID.Index
        var fields = FieldWriter()
        fields.append(ID.ordinal) { $0.append(block.ordinal) }
        if !block.links.isEmpty {
            fields.append(ID.links) { writer in
                for link in block.links { writer.append(link) }
            }
        }
        fields.append(ID.sourceBeginDistance) { $0.append(block.sourceBeginDistance) }
        fields.append(ID.totals) { $0.append(block.totals) }
        if block.sourceDigestDistance > 0 {
            fields.append(ID.sourceDigestDistance) { $0.append(block.sourceDigestDistance) }
        }
        return try fields.finish()
    }

    /// Reads all but the entries.
    static func decode(
        _ bytes: [UInt8],
        prefix: RecordPrefix
    ) throws(FormatError) -> IndexBlock {
        typealias ID = FieldID.Index
        let fields = try FieldTable(bytes, known: ID.known)
        let (count, rest) = prefix.payloadByteCount.quotientAndRemainder(
            dividingBy: UInt64(entryByteCount)
        )
        guard rest == 0 else {
            throw .fieldLength(field: ID.entries, byteCount: Int(prefix.payloadByteCount))
        }
        guard count <= FormatLimits.indexEntryCountMaximum else {
            throw .fieldValue(field: ID.entries, problem: .tooLarge(count))
        }
        return IndexBlock(
            ordinal: try fields.required(ID.ordinal) { (reader) throws(FormatError) in
                let ordinal: UInt64 = try reader.take()
                guard ordinal > 0 else { throw reader.error(.zero) }
                return ordinal
            },
            entries: [],
            links: try fields.optional(ID.links, takeLinks(from:)) ?? [],
            sourceBeginDistance: try fields.required(ID.sourceBeginDistance) {
                (reader) throws(FormatError) in
                try reader.take()
            },
            totals: try fields.required(ID.totals) { (reader) throws(FormatError) in
                try reader.takeTotals()
            },
            sourceDigestDistance: try fields.optional(ID.sourceDigestDistance) {
                (reader) throws(FormatError) in
                let distance: UInt64 = try reader.take()
                // Left out, so that one block has one encoding.
                guard distance > 0 else { throw reader.error(.zero) }
                return distance
            } ?? 0
        )
    }

    private static func takeLinks(from reader: inout FieldReader) throws(FormatError) -> [UInt64] {
        var links: [UInt64] = []
        while reader.remainingByteCount > 0 {
            links.append(try reader.take())
            guard links.count <= FormatLimits.indexLinkCountMaximum else {
                throw reader.error(.tooLarge(UInt64(links.count)))
            }
        }
        return links
    }

    static func encodeEntries(_ entries: [IndexBlock.Entry]) -> [UInt8] {
        var writer = ByteWriter()
        for entry in entries {
            writer.append(entry.distance)
            writer.append(entry.sequence)
            writer.append(entry.flags.rawValue)
            writer.append(UInt8(entry.isGap ? 1 : 0))
            writer.append(UInt8(entry.presentationTime == nil ? 0 : 1))
            writer.append(UInt32(0))
            let time = MediaTime(value: 0, timeBase: Rational(0, 0))
            writer.append(entry.presentationTime ?? time)
        }
        return writer.bytes
    }

    /// Reads entries, of which `bytes` holds a whole number.
    static func decodeEntries(_ bytes: [UInt8]) throws(FormatError) -> [IndexBlock.Entry] {
        var entries: [IndexBlock.Entry] = []
        entries.reserveCapacity(bytes.count / entryByteCount)
        var reader = FieldReader(id: FieldID.Index.entries, bytes: bytes[...])
        while reader.remainingByteCount > 0 {
            entries.append(try takeEntry(from: &reader))
        }
        return entries
    }

    private static func takeEntry(
        from reader: inout FieldReader
    ) throws(FormatError) -> IndexBlock.Entry {
        let (distance, sequence): (UInt64, UInt64) = (try reader.take(), try reader.take())
        let flags: UInt16 = try reader.take()
        let isGap = try takeSwitch(from: &reader)
        let hasTime = try takeSwitch(from: &reader)
        let reserved: UInt32 = try reader.take()
        guard reserved == 0 else { throw reader.error(.tooLarge(UInt64(reserved))) }
        var time: MediaTime?
        if hasTime {
            time = try reader.takeTime()
        } else {
            // Zeroes, so that one block has one encoding.
            guard try reader.take(byteCount: 16).allSatisfy({ $0 == 0 }) else {
                throw reader.error(.outOfPlace)
            }
        }
        return IndexBlock.Entry(
            distance: distance,
            sequence: sequence,
            flags: FrameFlags(rawValue: flags),
            isGap: isGap,
            presentationTime: time
        )
    }

    private static func takeSwitch(from reader: inout FieldReader) throws(FormatError) -> Bool {
        let number: UInt8 = try reader.take()
        guard number <= 1 else { throw reader.error(.unknownCase(number)) }
        return number == 1
    }
}
