/// The value of the field that holds a decoder's context (specification, section 6.1, field 18).
enum DecoderContextField {
    /// Refuses what a reader would refuse.
    static func check(_ context: DecoderContext) throws(FormatError) {
        for (value, maximum) in [
            (context.byteCount, FormatLimits.decoderContextByteCountMaximum),
            (context.pieces.count, FormatLimits.sideDataCountMaximum),
        ] where value > maximum {
            let problem = FormatError.Problem.tooLarge(UInt64(value))
            throw .fieldValue(field: FieldID.Frame.decoderContext, problem: problem)
        }
    }

    static func append(_ context: DecoderContext, to writer: inout ByteWriter) {
        for piece in context.pieces {
            writer.append(UInt8(truncatingIfNeeded: piece.kind.utf8.count))
            writer.append(piece.kind)
            writer.append(UInt32(truncatingIfNeeded: piece.bytes.count))
            writer.append(piece.bytes)
        }
    }

    static func take(from reader: inout FieldReader) throws(FormatError) -> DecoderContext {
        guard reader.remainingByteCount <= FormatLimits.decoderContextByteCountMaximum else {
            throw reader.error(.tooLarge(UInt64(reader.remainingByteCount)))
        }
        var context = DecoderContext()
        while reader.remainingByteCount > 0 {
            let kind = try reader.takeName(byteCount: Int(try reader.take(UInt8.self)))
            let byteCount = try reader.take(UInt32.self)
            guard byteCount <= FormatLimits.decoderContextByteCountMaximum else {
                throw reader.error(.tooLarge(UInt64(byteCount)))
            }
            context.pieces.append(
                .init(kind: kind, bytes: try reader.take(byteCount: Int(byteCount)))
            )
            guard context.pieces.count <= FormatLimits.sideDataCountMaximum else {
                throw reader.error(.tooLarge(UInt64(context.pieces.count)))
            }
        }
        return context
    }
}
