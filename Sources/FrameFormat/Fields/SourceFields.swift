/// The fields of the records about sources, and of marks (specification, sections 6.5 and 6.6).
enum SourceFields {
    static func encode(_ begin: SourceBegin) throws(FormatError) -> [UInt8] {
        typealias ID = FieldID.SourceBegin
        var fields = FieldWriter()
        fields.append(ID.sourceID) { $0.append(begin.sourceID) }
        fields.append(ID.name) { $0.append(begin.name) }
        fields.append(ID.fingerprint) {
            $0.append(begin.fingerprint.byteCount)
            $0.append(begin.fingerprint.digest)
        }
        fields.append(ID.selection) { $0.append(begin.selection) }
        fields.append(ID.totals) { $0.append(begin.totals) }
        IdentityFields.append(
            begin.identity,
            file: ID.fileIdentity,
            files: ID.fileListIdentity,
            to: &fields
        )
        return try fields.finish()
    }

    static func decodeBegin(_ bytes: [UInt8]) throws(FormatError) -> SourceBegin {
        typealias ID = FieldID.SourceBegin
        let fields = try FieldTable(bytes, known: ID.known)
        func text(_ id: UInt16) throws(FormatError) -> String {
            try fields.required(id) { (reader) throws(FormatError) in
                try reader.takeText(atMost: FormatLimits.sourceTextByteCountMaximum)
            }
        }
        return SourceBegin(
            sourceID: try fields.required(ID.sourceID, takeSourceID(from:)),
            name: try text(ID.name),
            fingerprint: try fields.required(ID.fingerprint) { (reader) throws(FormatError) in
                let byteCount: UInt64 = try reader.take()
                let digest = try reader.take(byteCount: reader.remainingByteCount)
                guard digest.isEmpty || digest.count == IdentityFields.digestByteCount
                else {
                    throw reader.lengthError
                }
                return SourceFingerprint(byteCount: byteCount, digest: digest)
            },
            selection: try text(ID.selection),
            totals: try fields.required(ID.totals) { (reader) throws(FormatError) in
                try reader.takeTotals()
            },
            identity: try IdentityFields.identity(
                in: fields,
                file: ID.fileIdentity,
                files: ID.fileListIdentity
            )
        )
    }

    static func encode(_ end: SourceEnd) throws(FormatError) -> [UInt8] {
        typealias ID = FieldID.SourceEnd
        var fields = FieldWriter()
        fields.append(ID.sourceID) { $0.append(end.sourceID) }
        fields.append(ID.totals) {
            $0.append(end.frameCount)
            $0.append(end.gapCount)
            $0.append(end.corruptFrameCount)
        }
        IdentityFields.append(end.content, as: ID.content, to: &fields)
        IdentityFields.append(
            end.identity,
            file: ID.fileIdentity,
            files: ID.fileListIdentity,
            to: &fields
        )
        return try fields.finish()
    }

    static func decodeEnd(_ bytes: [UInt8]) throws(FormatError) -> SourceEnd {
        typealias ID = FieldID.SourceEnd
        let fields = try FieldTable(bytes, known: ID.known)
        let sourceID = try fields.required(ID.sourceID, takeSourceID(from:))
        let totals = try fields.required(ID.totals) { (reader) throws(FormatError) in
            try reader.takeTotals()
        }
        return SourceEnd(
            sourceID: sourceID,
            frameCount: totals.frameCount,
            gapCount: totals.gapCount,
            corruptFrameCount: totals.corruptFrameCount,
            content: try IdentityFields.content(in: fields, ID.content),
            identity: try IdentityFields.identity(
                in: fields,
                file: ID.fileIdentity,
                files: ID.fileListIdentity
            )
        )
    }

    static func encode(_ mark: Mark) throws(FormatError) -> [UInt8] {
        var fields = FieldWriter()
        fields.append(FieldID.Mark.key) { $0.append(mark.key) }
        fields.append(FieldID.Mark.value) { $0.append(mark.value) }
        return try fields.finish()
    }

    static func decodeMark(_ bytes: [UInt8]) throws(FormatError) -> Mark {
        let fields = try FieldTable(bytes, known: FieldID.Mark.known)
        return Mark(
            key: try fields.required(FieldID.Mark.key) { (reader) throws(FormatError) in
                guard reader.remainingByteCount > 0 else { throw reader.error(.zero) }
                return try reader.takeText(atMost: FormatLimits.markKeyByteCountMaximum)
            },
            value: try fields.required(FieldID.Mark.value) { (reader) throws(FormatError) in
                try reader.takeText(atMost: FormatLimits.markValueByteCountMaximum)
            }
        )
    }

    private static func takeSourceID(from reader: inout FieldReader) throws(FormatError) -> UInt64 {
        let sourceID: UInt64 = try reader.take()
        guard sourceID > 0 else { throw reader.error(.zero) }
        return sourceID
    }
}
