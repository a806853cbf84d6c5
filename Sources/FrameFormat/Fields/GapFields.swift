/// The fields of a gap (specification, section 6.3).
enum GapFields {
    static func encode(_ gap: Gap) throws(FormatError) -> [UInt8] {
        typealias ID = FieldID.Gap
        var fields = FieldWriter()
        fields.append(ID.position) { $0.append(gap.position) }
        fields.append(ID.reason) { $0.append(gap.reason.rawValue) }
        fields.append(ID.range) {
            $0.append(gap.unit.rawValue)
            $0.append(gap.first)
            $0.append(gap.last)
        }
        if let time = gap.presentationTime {
            fields.append(ID.presentationTime) { $0.append(time) }
        }
        if !gap.detail.isEmpty {
            let detail = gap.detail.prefix(utf8Count: FormatLimits.gapDetailByteCountMaximum)
            fields.append(ID.detail) { $0.append(detail) }
        }
        return try fields.finish()
    }

    static func decode(_ bytes: [UInt8]) throws(FormatError) -> Gap {
        typealias ID = FieldID.Gap
        let fields = try FieldTable(bytes, known: ID.known)
        var gap = Gap(
            reason: try fields.required(ID.reason) { (reader) throws(FormatError) in
                try reader.takeCase()
            },
            position: try fields.required(ID.position) { (reader) throws(FormatError) in
                try reader.takePosition()
            }
        )
        (gap.unit, gap.first, gap.last) = try fields.required(ID.range) {
            (reader) throws(FormatError) in
            (try reader.takeCase(Gap.Unit.self), try reader.take(), try reader.take())
        }
        gap.presentationTime = try fields.optional(ID.presentationTime) {
            (reader) throws(FormatError) in
            try reader.takeTime()
        }
        gap.detail =
            try fields.optional(ID.detail) { (reader) throws(FormatError) in
                try reader.takeText(atMost: FormatLimits.gapDetailByteCountMaximum)
            } ?? ""
        return gap
    }
}

extension String {
    /// As many whole characters from the start as fit into `utf8Count` bytes.
    fileprivate func prefix(utf8Count: Int) -> String {
        guard utf8.count > utf8Count else { return self }
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            guard utf8.distance(from: startIndex, to: next) <= utf8Count else { break }
            end = next
        }
        return String(self[..<end])
    }
}
