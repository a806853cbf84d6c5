@testable import Images

/// A plane of samples.
struct Samples {
    let width: Int
    let height: Int
    private(set) var values: [UInt8]

    init(width: Int, height: Int, _ value: (Int, Int) -> UInt8) {
        self.width = width
        self.height = height
        values = (0..<height).flatMap { y in (0..<width).map { x in value(x, y) } }
    }

    init(_ plane: SamplePlane) {
        self.init(width: plane.width, height: plane.height) { x, y in
            unsafe plane.row(y).load(fromByteOffset: x, as: UInt8.self)
        }
    }

    subscript(x: Int, y: Int) -> UInt8 { values[y * width + x] }

    /// The value at a place between samples, by linear interpolation; at the edges, the last one.
    func value(atColumn x: Double, row y: Double) -> Double {
        let (x, y) = (min(max(x, 0), Double(width - 1)), min(max(y, 0), Double(height - 1)))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (h, v) = (x - Double(left), y - Double(top))
        let upper = Double(self[left, top]) * (1 - h) + Double(self[right, top]) * h
        let lower = Double(self[left, bottom]) * (1 - h) + Double(self[right, bottom]) * h
        return upper * (1 - v) + lower * v
    }
}

/// Luma and chroma of half its columns and rows.
struct Planes420 {
    let planes: [Samples]

    init(width: Int, height: Int, _ value: (_ plane: Int, _ x: Int, _ y: Int) -> UInt8) {
        planes = (0..<3).map { index in
            let shift = index == 0 ? 0 : 1
            return Samples(width: (width + shift) >> shift, height: (height + shift) >> shift) {
                value(index, $0, $1)
            }
        }
    }
}

/// What the planes of a JPEG should be, before rounding (ITU-T H.273 section 8.3, T.871).
struct ExactJPEG {
    private let source: Planes420
    private let wanted: JPEGColorKernelTests.Case
    /// Of the source: what red and blue weigh in luma.
    private let red: Double
    private let blue: Double

    init(_ source: Planes420, _ wanted: JPEGColorKernelTests.Case) {
        self.source = source
        self.wanted = wanted
        (red, blue) =
            switch wanted.matrix {
            case 1: (0.2126, 0.0722)
            case 4: (0.30, 0.11)
            case 7: (0.212, 0.087)
            case 9: (0.2627, 0.0593)
            default: (0.299, 0.114)
            }
    }

    /// A sample of a plane, from 0 to 255.
    func value(_ plane: Int, _ x: Int, _ y: Int) -> Double {
        // A sample of chroma stands in the middle of two columns and two rows of luma.
        let converted =
            plane == 0
            ? pixel(column: Double(x), row: Double(y))
            : pixel(column: 2 * Double(x) + 0.5, row: 2 * Double(y) + 0.5)
        return min(max(converted[plane], 0), 255)
    }

    /// Y'CbCr of BT.601 and full range at a place among the pixels; of luma, that of the nearest.
    private func pixel(column: Double, row: Double) -> [Double] {
        // Columns and rows of luma at which the first sample of chroma stands.
        let location = wanted.chromaLocation
        let left = location % 2 == 1 ? 0 : 0.5
        let top = location <= 2 ? 0.5 : location <= 4 ? 0 : 1
        let luma = Double(source.planes[0][Int(column), Int(row)])
        let chroma = source.planes[1...].map {
            $0.value(atColumn: (column - left) / 2, row: (row - top) / 2) - 128
        }
        let y = wanted.isFullRange ? luma / 255 : (luma - 16) / 219
        let (cb, cr) = (
            chroma[0] / (wanted.isFullRange ? 255 : 224),
            chroma[1] / (wanted.isFullRange ? 255 : 224)
        )
        let r = y + 2 * (1 - red) * cr
        let b = y + 2 * (1 - blue) * cb
        let g = (y - red * r - blue * b) / (1 - red - blue)
        let luma601 = 0.299 * r + 0.587 * g + 0.114 * b
        return [
            255 * luma601, 128 + 255 * (b - luma601) / (2 * (1 - 0.114)),
            128 + 255 * (r - luma601) / (2 * (1 - 0.299)),
        ]
    }
}
