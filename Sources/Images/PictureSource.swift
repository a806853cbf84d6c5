internal import Buffers
internal import FrameFormat

/// Memory for the planes of pictures that are alike, and how they get there.
final class PictureSource {
    let format: ZimgGraph.Format
    let layout: SampleLayout
    /// Made when the first picture needs it: many lie in memory as they are wanted.
    private lazy var scratch = format.makePlanes()

    init(_ format: ZimgGraph.Format, layout: SampleLayout) {
        self.format = format
        self.layout = layout
    }

    /// What the planes of a picture are, padded to whole groups of chroma.
    static func format(
        of picture: RawPicture,
        hasAlpha: Bool
    ) throws(ImageError) -> ZimgGraph.Format {
        let layout = picture.layout
        let isRGB = layout.hasPalette || layout.colorCount == 3 && picture.color.matrix == 0
        guard layout.hasPalette || layout.colorCount == 1 || layout.colorCount == 3 else {
            throw ImageError(
                .unsupported,
                "pictures of \(layout.components.count) components cannot be converted"
            )
        }
        let family: ZimgGraph.Format.Family =
            isRGB ? .rgb : layout.colorCount == 1 ? .gray : .yuv
        let (columnShift, rowShift) =
            family == .yuv ? (layout.columnShift, layout.rowShift) : (0, 0)
        func padded(_ length: Int, _ shift: Int) -> Int {
            (length + (1 << shift) - 1) / (1 << shift) * (1 << shift)
        }
        return ZimgGraph.Format(
            width: padded(picture.width, columnShift),
            height: padded(picture.height, rowShift),
            family: family,
            sample: layout.unpackedDepth > 8 ? .word : .byte,
            depth: layout.unpackedDepth,
            columnShift: columnShift,
            rowShift: rowShift,
            isFullRange: picture.color.isFullRange,
            matrix: family == .gray ? 2 : picture.color.matrix,
            primaries: picture.color.primaries,
            transfer: picture.color.transfer,
            chromaLocation: picture.color.chromaLocation,
            hasAlpha: hasAlpha
        )
    }

    /// Calls `body` with the planes of a picture, those that need no copy where they lie.
    func withPlanes<Result>(
        of picture: RawPicture,
        _ body: ([SamplePlane?]) throws(ImageError) -> Result
    ) throws(ImageError) -> Result {
        let bytes = picture.payload.bytes
        return unsafe try bytes.withUnsafeBytes { bytes throws(ImageError) in
            guard let base = bytes.baseAddress else {
                throw ImageError(.unsupported, "the picture is empty")
            }
            let unpacker = unsafe SampleUnpacker(picture, at: base)
            let planes = scratch.enumerated().map { index, plane -> SamplePlane? in
                guard let plane else { return nil }
                let component = index == 3 ? format.colorPlaneCount : index
                if let borrowed = unpacker.borrowed(component, like: plane) { return borrowed }
                var visible = format
                visible.width = picture.width
                visible.height = picture.height
                let (columns, rows) = visible.size(ofPlane: index)
                unpacker.unpack(component, columns: columns, rows: rows, into: plane)
                return plane
            }
            return try body(planes)
        }
    }
}

extension RawPicture {
    /// Whether some pixel may be transparent.
    var hasVisibleAlpha: Bool {
        guard layout.hasPalette else { return layout.hasAlpha }
        let bytes = payload.bytes
        guard planes.count == 2 else { return false }
        let (indices, table) = (planes[0], Int(planes[1].offset))
        return unsafe bytes.withUnsafeBytes { bytes in
            (Int(indices.offset)..<Int(indices.offset + indices.byteCount)).contains { place in
                unsafe bytes[table + Int(bytes[place]) * 4 + 3] != 255
            }
        }
    }
}
