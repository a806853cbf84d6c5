/// Every way in which bytes can violate the specification, or values can exceed its limits.
public enum FormatError: Error, Hashable, Sendable {
    /// No record starts here.
    case noSyncWord
    /// The checksum of the prefix is wrong.
    case prefixChecksum
    /// The record is of a version that this program does not know.
    case unsupportedVersion(UInt8)
    /// The record is of another stream: its salt is not that of this one.
    case foreignSalt(UInt64)
    /// The record is of a type that this program does not know.
    case unknownRecordType(UInt8)
    /// A record that is no frame has frame flags.
    case unexpectedFlags(UInt16)
    /// The fields take more bytes than ``FormatLimits/headerByteCountMaximum``.
    case headerTooLarge(byteCount: UInt64)
    /// The payload takes more bytes than ``FormatLimits/payloadByteCountMaximum``, or than the
    /// reader allows.
    case payloadTooLarge(byteCount: UInt64)
    /// The checksum of the fields is wrong.
    case headerChecksum
    /// The checksum of the payload is wrong.
    case payloadChecksum
    /// The trailer is not where the prefix says, or its checksum is wrong.
    case trailerChecksum
    /// The trailer is sound and belongs to another record: its length or its salt is another.
    case trailerMismatch
    /// The stream ends inside the record.
    case truncatedRecord
    /// The store lost bytes of the record.
    case lostBytes
    /// A field reaches over the end of the fields.
    case fieldOverrun(field: UInt16)
    /// A field does not come in ascending order, or comes twice.
    case fieldOrder(field: UInt16)
    /// A field that this program does not know must be understood.
    case unknownRequiredField(UInt16)
    /// A field that the record's type needs is not there.
    case missingField(UInt16)
    /// A field does not have the length that its values need.
    case fieldLength(field: UInt16, byteCount: Int)
    /// A field holds what the specification does not allow.
    case fieldValue(field: UInt16, problem: Problem)

    /// What is wrong with the value of a field.
    public enum Problem: Hashable, Sendable {
        /// Text is not UTF-8.
        case invalidText
        /// A name is empty, too long, or has characters other than `a-z`, `0-9`, `_`, `-` and `.`.
        case invalidName
        /// A number that stands for one of several cases stands for none of them.
        case unknownCase(UInt8)
        /// A value, or a number of values, is larger than its limit.
        case tooLarge(UInt64)
        /// A number that must not be zero is zero.
        case zero
        /// The planes do not fill the payload as the pixel format asks, or reach out of it.
        case planesDisagree
        /// The pieces of side data are longer than the payload.
        case sideDataOverrun
        /// The identity of the codec parameters is not that of their bytes.
        case identityDisagrees
        /// The field has no place beside the others: planes in a packet, codec parameters in a
        /// picture.
        case outOfPlace
    }
}

extension FormatError: CustomStringConvertible {
    /// What is wrong, for the operator.
    public var description: String {
        switch self {
        case .noSyncWord: "no record starts here"
        case .prefixChecksum: "the checksum of the prefix is wrong"
        case .unsupportedVersion(let version):
            "the record is of version \(version), and this program reads version "
                + "\(RecordPrefix.version): use a later one"
        case .foreignSalt(let salt): "the record is of another stream, whose salt is \(salt)"
        case .unknownRecordType(let type):
            "the record is of type \(type), which this program does not know: use a later one"
        case .unexpectedFlags(let flags): "a record that is no frame has the frame flags \(flags)"
        case .headerTooLarge(let byteCount):
            "the fields take \(byteCount) bytes; at most \(FormatLimits.headerByteCountMaximum) "
                + "are allowed"
        case .payloadTooLarge(let byteCount):
            "the payload takes \(byteCount) bytes, which is more than is allowed here"
        case .headerChecksum: "the checksum of the fields is wrong"
        case .payloadChecksum: "the checksum of the payload is wrong"
        case .trailerChecksum: "the checksum of the trailer is wrong"
        case .trailerMismatch: "the trailer belongs to another record"
        case .truncatedRecord: "the stream ends inside the record"
        case .lostBytes: "the store lost bytes of the record"
        case .fieldOverrun(let field): "field \(field) reaches over the end of the fields"
        case .fieldOrder(let field): "field \(field) is out of order or there twice"
        case .unknownRequiredField(let field):
            "the record needs field \(field) to be understood, which this program does not know: "
                + "use a later one"
        case .missingField(let field): "field \(field) is missing"
        case .fieldLength(let field, let byteCount):
            "field \(field) cannot be \(byteCount) bytes long"
        case .fieldValue(let field, let problem): "field \(field): \(problem)"
        }
    }
}

extension FormatError.Problem: CustomStringConvertible {
    /// What is wrong, for the operator.
    public var description: String {
        switch self {
        case .invalidText: "the text is not UTF-8"
        case .invalidName:
            "a name has 1 to \(FormatLimits.nameByteCountMaximum) characters out of a-z, 0-9, "
                + "'_', '-' and '.'"
        case .unknownCase(let number): "\(number) stands for nothing"
        case .tooLarge(let value): "\(value) is more than is allowed"
        case .zero: "a number that must not be zero is zero, or a text is empty"
        case .planesDisagree: "the planes are not where the pixel format puts them in the payload"
        case .sideDataOverrun: "the side data is longer than the payload"
        case .identityDisagrees: "the identity of the codec parameters is not that of their bytes"
        case .outOfPlace: "the value has no place here"
        }
    }
}
