public import FrameFormat

/// One of the eight ways to turn and mirror a picture by quarter turns.
///
/// The four numbers are those of a display matrix: the pixel at (x, y) is shown at
/// (a·x + c·y, b·x + d·y), moved so that nothing is negative (ISO/IEC 14496-12 section 8.2.2).
public struct Orientation: Hashable, Sendable {
    let a: Int
    let b: Int
    let c: Int
    let d: Int

    /// As it is.
    public static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

    private init(a: Int, b: Int, c: Int, d: Int) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// The orientation that a matrix asks for; `nil` if it is no quarter turn.
    public init?(_ matrix: DisplayMatrix) {
        let one: Int32 = 1 << 16
        func unit(_ index: Int) -> Int? {
            switch matrix.elements[index] {
            case one: 1
            case -one: -1
            case 0: 0
            default: nil
            }
        }
        guard let a = unit(0), let b = unit(1), let c = unit(3), let d = unit(4),
            abs(a) + abs(b) == 1, abs(c) + abs(d) == 1, abs(a) + abs(c) == 1
        else { return nil }
        self.init(a: a, b: b, c: c, d: d)
    }

    /// Whether columns become rows.
    public var isTransposed: Bool { a == 0 }

    /// Turns a plane whose elements have `byteCount` bytes.
    func turned(_ plane: SamplePlane, elementByteCount byteCount: Int) -> SamplePlane {
        let target = SamplePlane(
            width: isTransposed ? plane.height : plane.width,
            height: isTransposed ? plane.width : plane.height,
            sampleByteCount: byteCount
        )
        // The inverse of such a matrix is its mirror image at the diagonal.
        let firstColumn = a < 0 || b < 0 ? plane.width - 1 : 0
        let firstRow = c < 0 || d < 0 ? plane.height - 1 : 0
        let step = a * byteCount + c * plane.stride
        for row in 0..<target.height {
            let column = firstColumn + b * row
            var from = unsafe plane.row(firstRow + d * row) + column * byteCount
            var to = unsafe target.row(row)
            for _ in 0..<target.width {
                unsafe to.copyMemory(from: from, byteCount: byteCount)
                unsafe from += step
                unsafe to += byteCount
            }
        }
        return target
    }
}
