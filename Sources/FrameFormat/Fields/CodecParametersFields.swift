/// The fields inside the codec parameters of a frame (specification, section 6.2).
///
/// All are always there and none may be added, since the identity is taken over the bytes: a reader
/// that dropped a field could not write the frame again under the same identity.
enum CodecParametersFields {
    static func encode(_ parameters: CodecParameters) throws(FormatError) -> [UInt8] {
        try fields(of: parameters).finish()
    }

    static func fields(of parameters: CodecParameters) -> FieldWriter {
        typealias ID = FieldID.CodecParameters
        var fields = FieldWriter()
        fields.append(ID.codecTag) { $0.append(parameters.codecTag) }
        fields.append(ID.profile) { $0.append(parameters.profile) }
        fields.append(ID.level) { $0.append(parameters.level) }
        fields.append(ID.bitsPerCodedSample) { $0.append(parameters.bitsPerCodedSample) }
        fields.append(ID.bitsPerRawSample) { $0.append(parameters.bitsPerRawSample) }
        fields.append(ID.videoDelay) { $0.append(parameters.videoDelay) }
        fields.append(ID.pixelFormat) { $0.append(parameters.pixelFormat?.name ?? "") }
        fields.append(ID.extraData) { $0.append(parameters.extraData) }
        return fields
    }

    static func decode(_ bytes: [UInt8]) throws(FormatError) -> CodecParameters {
        typealias ID = FieldID.CodecParameters
        let fields = try FieldTable(bytes, known: ID.known, refusesUnknown: true)
        func number<Value: FixedWidthInteger>(_ id: UInt16) throws(FormatError) -> Value {
            try fields.required(id) { (reader) throws(FormatError) in
                try reader.take(Value.self)
            }
        }
        return CodecParameters(
            codecTag: try number(ID.codecTag),
            profile: try number(ID.profile),
            level: try number(ID.level),
            bitsPerCodedSample: try number(ID.bitsPerCodedSample),
            bitsPerRawSample: try number(ID.bitsPerRawSample),
            videoDelay: try number(ID.videoDelay),
            pixelFormat: try fields.required(ID.pixelFormat) {
                (reader) throws(FormatError) -> PixelFormat? in
                reader.remainingByteCount == 0 ? nil : try reader.takePixelFormat()
            },
            extraData: try fields.required(ID.extraData) { (reader) throws(FormatError) in
                guard reader.remainingByteCount <= FormatLimits.extraDataByteCountMaximum else {
                    throw reader.error(.tooLarge(UInt64(reader.remainingByteCount)))
                }
                return try reader.take(byteCount: reader.remainingByteCount)
            }
        )
    }

    /// FNV-1a with 64 bits (draft-eastlake-fnv).
    static func identity(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

extension CodecParameters {
    /// Names these parameters within a stream: FNV-1a (64 bits) over their encoded bytes.
    public var identity: UInt64 {
        CodecParametersFields.identity(of: CodecParametersFields.fields(of: self).bytes)
    }
}
