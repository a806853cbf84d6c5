/// Writes the fields of a record, which the caller appends in ascending order.
struct FieldWriter {
    private var writer = ByteWriter()
    private var overflow: Int?

    /// Writes one field whose value `fill` appends.
    mutating func append(_ id: UInt16, _ fill: (inout ByteWriter) -> Void) {
        var value = ByteWriter()
        fill(&value)
        if value.bytes.count > UInt16.max { overflow = value.bytes.count }
        writer.append(id)
        writer.append(UInt16(truncatingIfNeeded: value.bytes.count))
        writer.append(value.bytes)
    }

    /// The fields, too long or not.
    var bytes: [UInt8] { writer.bytes }

    /// The fields, unless one of them or all together are too long.
    func finish() throws(FormatError) -> [UInt8] {
        let byteCount = overflow ?? writer.bytes.count
        guard overflow == nil, byteCount <= FormatLimits.headerByteCountMaximum else {
            throw .headerTooLarge(byteCount: UInt64(byteCount))
        }
        return writer.bytes
    }
}

extension ByteWriter {
    mutating func append(_ position: SourcePosition) {
        append(position.sourceID)
        append(position.ordinal)
        append(position.origin)
    }

    mutating func append(_ rational: Rational) {
        append(rational.numerator)
        append(rational.denominator)
    }

    mutating func append(_ time: MediaTime) {
        append(time.value)
        append(time.timeBase)
    }

    mutating func append(_ stamped: StampedTime) {
        append(stamped.time)
        append(stamped.provenance.rawValue)
    }

    mutating func append(_ property: ColorDescription.Property) {
        append(property.codePoint)
        append(property.provenance.rawValue)
    }

    mutating func append(_ totals: StreamTotals) {
        append(totals.frameCount)
        append(totals.gapCount)
        append(totals.corruptFrameCount)
    }
}
