/// The fields of a record, found and in order, their values not yet looked at.
struct FieldTable {
    private let bytes: [UInt8]
    private var places: [(id: UInt16, range: Range<Int>)] = []

    /// Splits `bytes` into fields.
    ///
    /// - Parameters:
    ///   - known: The fields that are kept; others are skipped, or refused if they say so.
    ///   - refusesUnknown: Whether others are refused even if they do not say so.
    init(
        _ bytes: [UInt8],
        known: ClosedRange<UInt16>,
        refusesUnknown: Bool = false
    ) throws(FormatError) {
        self.bytes = bytes
        var offset = 0
        var previous: UInt16 = 0
        while offset < bytes.count {
            guard bytes.count - offset >= 4 else { throw .fieldOverrun(field: previous) }
            let id = UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
            let byteCount = Int(bytes[offset + 2]) | Int(bytes[offset + 3]) << 8
            guard id > previous else { throw .fieldOrder(field: id) }
            guard byteCount <= bytes.count - offset - 4 else { throw .fieldOverrun(field: id) }
            let range = offset + 4..<offset + 4 + byteCount
            if known.contains(id) {
                places.append((id, range))
            } else if refusesUnknown || id & FieldID.requiredBit != 0 {
                throw .unknownRequiredField(id)
            }
            previous = id
            offset = range.upperBound
        }
    }

    /// What `read` makes of the field `id`; `nil` if the record does not have it.
    func optional<Value>(
        _ id: UInt16,
        _ read: (inout FieldReader) throws(FormatError) -> Value
    ) throws(FormatError) -> Value? {
        guard let place = places.first(where: { $0.id == id }) else { return nil }
        var reader = FieldReader(id: id, bytes: bytes[place.range])
        let value = try read(&reader)
        try reader.finish()
        return value
    }

    /// What `read` makes of the field `id`, which the record must have.
    func required<Value>(
        _ id: UInt16,
        _ read: (inout FieldReader) throws(FormatError) -> Value
    ) throws(FormatError) -> Value {
        guard let value = try optional(id, read) else { throw .missingField(id) }
        return value
    }
}

/// Takes the values out of one field, from its start to its end.
struct FieldReader {
    let id: UInt16
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    init(id: UInt16, bytes: ArraySlice<UInt8>) {
        self.id = id
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// Bytes that were not taken yet.
    var remainingByteCount: Int { bytes.endIndex - offset }

    /// The error that a value of this field has `problem`.
    func error(_ problem: FormatError.Problem) -> FormatError {
        .fieldValue(field: id, problem: problem)
    }

    /// The error that the field has a wrong length.
    var lengthError: FormatError { .fieldLength(field: id, byteCount: bytes.count) }

    /// Checks that everything was taken: a field never grows, later versions add another.
    func finish() throws(FormatError) {
        guard remainingByteCount == 0 else { throw lengthError }
    }

    mutating func take(byteCount: Int) throws(FormatError) -> [UInt8] {
        guard byteCount <= remainingByteCount else { throw lengthError }
        defer { offset += byteCount }
        return Array(bytes[offset..<offset + byteCount])
    }

    mutating func take<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(FormatError) -> Value {
        let byteCount = MemoryLayout<Value>.size
        guard byteCount <= remainingByteCount else { throw lengthError }
        defer { offset += byteCount }
        return bytes[offset..<offset + byteCount].reversed().reduce(Value(0)) {
            $0 << 8 | Value(truncatingIfNeeded: $1)
        }
    }

    /// Takes a number that stands for a case.
    mutating func takeCase<Case: RawRepresentable<UInt8>>(
        _ type: Case.Type = Case.self
    ) throws(FormatError) -> Case {
        let number: UInt8 = try take()
        guard let value = Case(rawValue: number) else { throw error(.unknownCase(number)) }
        return value
    }

    /// Takes all that is left as text of at most `maximum` bytes.
    mutating func takeText(atMost maximum: Int) throws(FormatError) -> String {
        guard remainingByteCount <= maximum else {
            throw error(.tooLarge(UInt64(remainingByteCount)))
        }
        let bytes = try take(byteCount: remainingByteCount)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error(.invalidText)
        }
        return text
    }

    /// Takes `byteCount` bytes as a name.
    mutating func takeName(byteCount: Int) throws(FormatError) -> String {
        let name = String(decoding: try take(byteCount: byteCount), as: UTF8.self)
        guard Codec.isValid(name) else { throw error(.invalidName) }
        return name
    }

    mutating func takePixelFormat() throws(FormatError) -> PixelFormat {
        guard let format = PixelFormat(name: try takeName(byteCount: remainingByteCount)) else {
            throw error(.invalidName)
        }
        return format
    }

    mutating func takePosition() throws(FormatError) -> SourcePosition {
        SourcePosition(sourceID: try take(), ordinal: try take(), origin: try take())
    }

    /// Takes a fraction, of which neither part is zero.
    mutating func takeRational() throws(FormatError) -> Rational {
        let rational = Rational(try take(), try take())
        guard rational.numerator != 0, rational.denominator != 0 else { throw error(.zero) }
        return rational
    }

    mutating func takeTime() throws(FormatError) -> MediaTime {
        MediaTime(value: try take(), timeBase: try takeRational())
    }

    mutating func takeStampedTime() throws(FormatError) -> StampedTime {
        StampedTime(try takeTime(), provenance: try takeCase())
    }

    mutating func takeTotals() throws(FormatError) -> StreamTotals {
        StreamTotals(
            frameCount: try take(),
            gapCount: try take(),
            corruptFrameCount: try take()
        )
    }
}
