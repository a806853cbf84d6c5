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
        /// The field has no place beside the others: planes in a packet, codec parameters in a picture.
        case outOfPlace
    }
}
