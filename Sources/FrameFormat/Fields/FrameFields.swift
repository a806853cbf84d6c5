internal import Buffers

/// One entry of the list of side data: what the piece is, and how many bytes of the payload it
/// takes.
struct SideDataEntry {
    var origin: SideData.Origin
    var kind: String
    var byteCount: UInt64
}

/// The fields of a frame (specification, section 6.1).
enum FrameFields {
    static func encode(
        _ header: FrameHeader,
        sideData: [SideData]
    ) throws(FormatError) -> [UInt8] {
        typealias ID = FieldID.Frame
        var fields = FieldWriter()
        if header.position != SourcePosition() {
            fields.append(ID.position) { $0.append(header.position) }
        }
        fields.append(ID.codec) { $0.append(header.codec.name) }
        fields.append(ID.dimensions) {
            $0.append(header.width)
            $0.append(header.height)
        }
        if let format = header.pixelFormat {
            fields.append(ID.pixelFormat) { $0.append(format.name) }
        }
        if !header.planes.isEmpty {
            fields.append(ID.planes) { writer in
                for plane in header.planes {
                    writer.append(plane.offset)
                    writer.append(plane.rowByteCount)
                    writer.append(plane.rowCount)
                }
            }
        }
        appendTimes(of: header, to: &fields)
        appendLooks(of: header, to: &fields)
        if let reference = header.codecParameters {
            fields.append(ID.codecParametersIdentity) { $0.append(reference.identity) }
            if let parameters = reference.parameters {
                let bytes = try CodecParametersFields.encode(parameters)
                fields.append(ID.codecParameters) { $0.append(bytes) }
            }
        }
        if !sideData.isEmpty {
            fields.append(ID.sideData) { writer in
                for piece in sideData {
                    writer.append(piece.origin.rawValue)
                    writer.append(UInt8(truncatingIfNeeded: piece.kind.utf8.count))
                    writer.append(piece.kind)
                    writer.append(UInt64(piece.bytes.byteCount))
                }
            }
        }
        if let context = header.decoderContext {
            try DecoderContextField.check(context)
            fields.append(ID.decoderContext) { DecoderContextField.append(context, to: &$0) }
        }
        appendAspect(of: header, to: &fields)
        return try fields.finish()
    }

    private static func appendAspect(of header: FrameHeader, to fields: inout FieldWriter) {
        if header.sampleAspectRatioProvenance != .unspecified {
            fields.append(FieldID.Frame.sampleAspectRatioProvenance) {
                $0.append(header.sampleAspectRatioProvenance.rawValue)
            }
        }
        if let ratio = header.codedSampleAspectRatio {
            fields.append(FieldID.Frame.codedSampleAspectRatio) { $0.append(ratio) }
        }
    }

    private static func appendTimes(of header: FrameHeader, to fields: inout FieldWriter) {
        let times = [
            (FieldID.Frame.presentationTime, header.presentationTime),
            (FieldID.Frame.decodeTime, header.decodeTime),
            (FieldID.Frame.duration, header.duration),
        ]
        for case (let id, let time?) in times {
            fields.append(id) { $0.append(time) }
        }
        if let time = header.captureTime {
            fields.append(FieldID.Frame.captureTime) {
                $0.append(time.nanoseconds)
                $0.append(time.quality.rawValue)
            }
        }
    }

    private static func appendLooks(of header: FrameHeader, to fields: inout FieldWriter) {
        typealias ID = FieldID.Frame
        if header.color != .unspecified {
            let color = header.color
            fields.append(ID.color) { writer in
                for property in [
                    color.range, color.primaries, color.transfer, color.matrix,
                    color.chromaLocation,
                ] {
                    writer.append(property)
                }
            }
        }
        if let ratio = header.sampleAspectRatio {
            fields.append(ID.sampleAspectRatio) { $0.append(ratio) }
        }
        if let matrix = header.displayMatrix {
            fields.append(ID.displayMatrix) { writer in
                for element in matrix.elements { writer.append(element) }
            }
        }
        if header.fieldOrder != .unknown {
            fields.append(ID.fieldOrder) { $0.append(header.fieldOrder.rawValue) }
        }
        if header.repeatCount != 0 {
            fields.append(ID.repeatCount) { $0.append(header.repeatCount) }
        }
    }

    /// Reads the fields of the frame that `prefix` starts.
    static func decode(
        _ bytes: [UInt8],
        prefix: RecordPrefix
    ) throws(FormatError) -> (header: FrameHeader, sideData: [SideDataEntry]) {
        typealias ID = FieldID.Frame
        let fields = try FieldTable(bytes, known: ID.known)
        let codec = try fields.required(ID.codec) { (reader) throws(FormatError) -> Codec in
            guard let codec = Codec(name: try reader.takeName(byteCount: reader.remainingByteCount))
            else { throw reader.error(.invalidName) }
            return codec
        }
        let size = try fields.required(ID.dimensions) { (reader) throws(FormatError) in
            try takeDimensions(from: &reader, mayBeUnknown: codec != .raw)
        }
        var header = FrameHeader(codec: codec, width: size.width, height: size.height)
        header.sequence = prefix.sequence
        header.writerEpoch = prefix.writerEpoch
        header.flags = prefix.flags
        header.position =
            try fields.optional(ID.position) { (reader) throws(FormatError) in
                try reader.takePosition()
            } ?? SourcePosition()
        try readTimes(from: fields, into: &header)
        try readLooks(from: fields, into: &header)
        let sideData = try fields.optional(ID.sideData, takeSideData(from:)) ?? []
        var contentByteCount = prefix.payloadByteCount
        for piece in sideData {
            guard piece.byteCount <= contentByteCount else {
                throw .fieldValue(field: ID.sideData, problem: .sideDataOverrun)
            }
            contentByteCount -= piece.byteCount
        }
        if codec == .raw {
            try readPicture(from: fields, into: &header, byteCount: contentByteCount)
        } else {
            try readPacket(from: fields, into: &header)
        }
        return (header, sideData)
    }

    private static func takeDimensions(
        from reader: inout FieldReader,
        mayBeUnknown: Bool
    ) throws(FormatError) -> (width: UInt32, height: UInt32) {
        let (width, height): (UInt32, UInt32) = (try reader.take(), try reader.take())
        for length in [width, height] {
            guard length <= FormatLimits.dimensionMaximum else {
                throw reader.error(.tooLarge(UInt64(length)))
            }
            guard length > 0 || mayBeUnknown else { throw reader.error(.zero) }
        }
        return (width, height)
    }

    private static func readTimes(
        from fields: FieldTable,
        into header: inout FrameHeader
    ) throws(FormatError) {
        typealias ID = FieldID.Frame
        func time(_ id: UInt16) throws(FormatError) -> StampedTime? {
            try fields.optional(id) { (reader) throws(FormatError) in
                try reader.takeStampedTime()
            }
        }
        header.presentationTime = try time(ID.presentationTime)
        header.decodeTime = try time(ID.decodeTime)
        header.duration = try time(ID.duration)
        header.captureTime = try fields.optional(ID.captureTime) { (reader) throws(FormatError) in
            CaptureTime(nanoseconds: try reader.take(), quality: try reader.takeCase())
        }
    }

    private static func readLooks(
        from fields: FieldTable,
        into header: inout FrameHeader
    ) throws(FormatError) {
        typealias ID = FieldID.Frame
        header.color = try fields.optional(ID.color, takeColor(from:)) ?? .unspecified
        header.sampleAspectRatio = try fields.optional(ID.sampleAspectRatio) {
            (reader) throws(FormatError) in
            try reader.takeRational()
        }
        header.sampleAspectRatioProvenance =
            try fields.optional(ID.sampleAspectRatioProvenance) { (reader) throws(FormatError) in
                try reader.takeCase(Provenance.self)
            } ?? .unspecified
        header.codedSampleAspectRatio = try fields.optional(ID.codedSampleAspectRatio) {
            (reader) throws(FormatError) in
            try reader.takeRational()
        }
        header.displayMatrix = try fields.optional(ID.displayMatrix) {
            (reader) throws(FormatError) in
            var elements: [Int32] = []
            for _ in 0..<9 { elements.append(try reader.take()) }
            return DisplayMatrix(elements: elements)
        }
        header.fieldOrder =
            try fields.optional(ID.fieldOrder) { (reader) throws(FormatError) in
                try reader.takeCase(FieldOrder.self)
            } ?? .unknown
        header.repeatCount =
            try fields.optional(ID.repeatCount) { (reader) throws(FormatError) in
                try reader.take(UInt8.self)
            } ?? 0
    }

    /// Reads what only a picture has, and checks that its planes are where its pixel format puts
    /// them.
    private static func readPicture(
        from fields: FieldTable,
        into header: inout FrameHeader,
        byteCount: UInt64
    ) throws(FormatError) {
        typealias ID = FieldID.Frame
        let format = try fields.required(ID.pixelFormat) { (reader) throws(FormatError) in
            try reader.takePixelFormat()
        }
        let planes = try fields.required(ID.planes, takePlanes(from:))
        for id in [ID.codecParametersIdentity, ID.codecParameters, ID.decoderContext] {
            if try fields.optional(id, takeAny(from:)) != nil {
                throw .fieldValue(field: id, problem: .outOfPlace)
            }
        }
        var end: UInt64 = 0
        for plane in planes {
            guard plane.offset >= end, plane.offset <= byteCount,
                plane.byteCount <= byteCount - plane.offset
            else { throw .fieldValue(field: ID.planes, problem: .planesDisagree) }
            end = plane.offset + plane.byteCount
        }
        let expected = format.layout?.planes(width: header.width, height: header.height) ?? planes
        guard planes == expected, end == byteCount else {
            throw .fieldValue(field: ID.planes, problem: .planesDisagree)
        }
        header.pixelFormat = format
        header.planes = planes
    }

    /// Reads what only a packet has.
    private static func readPacket(
        from fields: FieldTable,
        into header: inout FrameHeader
    ) throws(FormatError) {
        typealias ID = FieldID.Frame
        for id in [ID.pixelFormat, ID.planes] {
            if try fields.optional(id, takeAny(from:)) != nil {
                throw .fieldValue(field: id, problem: .outOfPlace)
            }
        }
        header.decoderContext = try fields.optional(
            ID.decoderContext,
            DecoderContextField.take(from:)
        )
        let identity = try fields.optional(ID.codecParametersIdentity) {
            (reader) throws(FormatError) in
            try reader.take(UInt64.self)
        }
        let bytes = try fields.optional(ID.codecParameters, takeAny(from:))
        guard let identity else {
            if bytes != nil { throw .missingField(ID.codecParametersIdentity) }
            return
        }
        var reference = CodecParametersReference(identity: identity)
        if let bytes {
            guard CodecParametersFields.identity(of: bytes) == identity else {
                throw .fieldValue(field: ID.codecParametersIdentity, problem: .identityDisagrees)
            }
            reference.parameters = try CodecParametersFields.decode(bytes)
        }
        header.codecParameters = reference
    }

    private static func takeAny(from reader: inout FieldReader) throws(FormatError) -> [UInt8] {
        try reader.take(byteCount: reader.remainingByteCount)
    }

    private static func takePlanes(
        from reader: inout FieldReader
    ) throws(FormatError) -> [PlaneLayout] {
        var planes: [PlaneLayout] = []
        repeat {
            planes.append(
                PlaneLayout(
                    offset: try reader.take(),
                    rowByteCount: try reader.take(),
                    rowCount: try reader.take()
                )
            )
            guard planes.count <= FormatLimits.planeCountMaximum else {
                throw reader.error(.tooLarge(UInt64(planes.count)))
            }
        } while reader.remainingByteCount > 0
        return planes
    }

    private static func takeColor(
        from reader: inout FieldReader
    ) throws(FormatError) -> ColorDescription {
        func property(
            _ reader: inout FieldReader
        ) throws(FormatError) -> ColorDescription.Property {
            ColorDescription.Property(try reader.take(), provenance: try reader.takeCase())
        }
        return ColorDescription(
            range: try property(&reader),
            primaries: try property(&reader),
            transfer: try property(&reader),
            matrix: try property(&reader),
            chromaLocation: try property(&reader)
        )
    }

    private static func takeSideData(
        from reader: inout FieldReader
    ) throws(FormatError) -> [SideDataEntry] {
        var entries: [SideDataEntry] = []
        repeat {
            let origin = try reader.takeCase(SideData.Origin.self)
            let nameByteCount = Int(try reader.take(UInt8.self))
            let kind = try reader.takeName(byteCount: nameByteCount)
            entries.append(
                SideDataEntry(origin: origin, kind: kind, byteCount: try reader.take())
            )
            guard entries.count <= FormatLimits.sideDataCountMaximum else {
                throw reader.error(.tooLarge(UInt64(entries.count)))
            }
        } while reader.remainingByteCount > 0
        return entries
    }
}
