internal import Buffers
internal import FrameFormat

/// The pixels of an image, interleaved: gray, gray and alpha, RGB, or RGBA, full range.
///
/// Values of 16 bits are big-endian, as PNG and FFmpeg's `be` formats have them.
@safe
public struct ImagePixels {
    /// Columns.
    public var width: Int { plane.width }
    /// Rows.
    public var height: Int { plane.height }
    /// Values of a pixel: 1 to 4.
    public let channelCount: Int
    /// Bits of a value: 8 or 16.
    public let depth: Int
    /// Bits of a value that mean something; the others repeat them.
    public let significantBits: Int

    let plane: SamplePlane
    /// What keeps the memory alive where it is a frame's.
    private var payload: Buffer?

    /// The pixels of a picture where they lie, if they are red, green and blue already.
    init?(borrowing picture: RawPicture) {
        let layout = picture.layout
        let isPacked = layout.components.enumerated().allSatisfy { index, component in
            component
                == SampleLayout.Component(plane: 0, step: 3, offset: index, shift: 0, depth: 8)
        }
        guard layout.components.count == 3, isPacked, picture.color.matrix == 0,
            picture.color.isFullRange, picture.planes.count == 1
        else { return nil }
        let plane = picture.planes[0]
        // The memory of a buffer does not move, and nobody writes into it any more.
        let start = unsafe picture.payload.bytes.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe UnsafeMutableRawPointer(mutating: $0) }
        }
        guard let start = unsafe start else { return nil }
        self.plane = unsafe SamplePlane(
            borrowing: start + Int(plane.offset),
            stride: Int(plane.rowByteCount),
            width: picture.width,
            height: picture.height
        )
        channelCount = 3
        depth = 8
        significantBits = 8
        payload = picture.payload
    }

    init(plane: SamplePlane, channelCount: Int, depth: Int, significantBits: Int) {
        self.plane = plane
        self.channelCount = channelCount
        self.depth = depth
        self.significantBits = significantBits
    }

    /// Bytes of a pixel.
    var pixelByteCount: Int { channelCount * depth / 8 }

    /// Bytes of a row without padding.
    var rowByteCount: Int { width * pixelByteCount }

    /// The bytes, row by row without padding.
    public var bytes: [UInt8] {
        let (line, byteCount) = (rowByteCount, rowByteCount * height)
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            for row in 0..<height {
                unsafe UnsafeMutableRawPointer(start + row * line)
                    .copyMemory(from: plane.row(row), byteCount: line)
            }
            count = byteCount
        }
    }

    /// The image turned.
    public func turned(_ orientation: Orientation) -> ImagePixels {
        guard orientation != .upright else { return self }
        return ImagePixels(
            plane: orientation.turned(plane, elementByteCount: pixelByteCount),
            channelCount: channelCount,
            depth: depth,
            significantBits: significantBits
        )
    }
}

/// A picture as JPEG codes it: luma and chroma, BT.601, full range, 8 bits.
@safe
public struct JPEGPlanes {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    let columnShift: Int
    let rowShift: Int
    /// One plane for gray, else three.
    let planes: [SamplePlane]

    /// The picture turned.
    public func turned(_ orientation: Orientation) -> JPEGPlanes {
        guard orientation != .upright else { return self }
        let swaps = orientation.isTransposed
        return JPEGPlanes(
            width: swaps ? height : width,
            height: swaps ? width : height,
            columnShift: swaps ? rowShift : columnShift,
            rowShift: swaps ? columnShift : rowShift,
            planes: planes.map { orientation.turned($0, elementByteCount: 1) }
        )
    }
}
