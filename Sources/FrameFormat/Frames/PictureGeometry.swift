/// How a picture is to be turned and stretched for showing: nine numbers, row by row.
///
/// The layout is that of FFmpeg's `AV_PKT_DATA_DISPLAYMATRIX` and of ISO/IEC 14496-12 section
/// 8.2.2: 16.16 fixed point, the last column 2.30.
public struct DisplayMatrix: Hashable, Sendable {
    /// The nine numbers.
    public var elements: [Int32]

    /// Takes nine numbers.
    public init(elements: [Int32]) {
        precondition(elements.count == 9, "a display matrix has nine elements")
        self.elements = elements
    }
}

/// In which order the two fields of a picture were taken, and whether it has two.
public enum FieldOrder: UInt8, Hashable, Sendable, CaseIterable {
    /// Nobody said.
    case unknown = 0
    /// One picture, all lines at once.
    case progressive = 1
    /// Two fields, the top one first.
    case topFirst = 2
    /// Two fields, the bottom one first.
    case bottomFirst = 3
}

/// One plane of a raw picture inside a payload. Rows are stored tight, one after the other.
public struct PlaneLayout: Hashable, Sendable {
    /// Where the plane starts in the payload.
    public var offset: UInt64
    /// Bytes in a row, all of them visible.
    public var rowByteCount: UInt32
    /// Rows in the plane.
    public var rowCount: UInt32

    /// Makes a plane of `rowCount` tight rows.
    public init(offset: UInt64, rowByteCount: UInt32, rowCount: UInt32) {
        self.offset = offset
        self.rowByteCount = rowByteCount
        self.rowCount = rowCount
    }

    /// The bytes of the plane.
    public var byteCount: UInt64 { UInt64(rowByteCount) * UInt64(rowCount) }
}
