import CFFmpeg

/// How a picture is turned and mirrored before it is shown: the matrix of ISO/IEC 14496-12, row by
/// row, in fixed point (16.16 but for the last column, which is 2.30).
public struct DisplayMatrix: Hashable, Sendable {
    /// The nine numbers.
    public let values: [Int32]

    /// A matrix of nine numbers; `nil` for any other count.
    public init?(values: [Int32]) {
        guard values.count == 9 else { return nil }
        self.values = values
    }

    /// The matrix that turns by `degrees` counterclockwise (av_display_rotation_set, which turns
    /// the other way).
    public init(rotation degrees: Double) {
        var values = [Int32](repeating: 0, count: 9)
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe av_display_rotation_set(buffer.baseAddress, -degrees)
        }
        self.values = values
    }

    /// The angle by which it turns counterclockwise, in degrees from -180 to 180; `nil` for a
    /// matrix that cannot be turned back.
    public var rotation: Double? {
        let degrees = unsafe values.withUnsafeBufferPointer { buffer in
            unsafe av_display_rotation_get(buffer.baseAddress)
        }
        return degrees.isNaN ? nil : degrees
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 9 * MemoryLayout<Int32>.size else { return nil }
        values = (0..<9).map { index in
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe buffer.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)
            }
        }
    }

    var bytes: [UInt8] { values.flatMap { unsafe withUnsafeBytes(of: $0) { unsafe Array($0) } } }
}
