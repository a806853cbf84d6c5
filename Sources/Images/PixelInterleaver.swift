/// Puts planes of full-range samples together as pixels, row by row.
@safe
struct PixelInterleaver {
    private let planes: [SamplePlane?]
    private let size: PictureConverter.Size
    private let depth: Int
    /// What transparent pixels are laid over; `nil` keeps alpha.
    private let background: [UInt8]?

    init(
        planes: [SamplePlane?],
        size: PictureConverter.Size,
        depth: Int,
        background: [UInt8]?
    ) {
        self.planes = planes
        self.size = size
        self.depth = depth
        self.background = background
    }

    private var isGray: Bool { planes[1] == nil }
    private var hasAlpha: Bool { planes[3] != nil }

    /// Values of a pixel of the result.
    var channelCount: Int {
        let composes = hasAlpha && background != nil
        // A background has a colour, even under gray.
        let colors = isGray && !composes ? 1 : 3
        return colors + (hasAlpha && background == nil ? 1 : 0)
    }

    /// The pixels.
    func interleaved() -> SamplePlane {
        let count = channelCount
        let result = SamplePlane(
            width: size.width,
            height: size.height,
            sampleByteCount: count * depth / 8
        )
        let sources = channels
        for row in 0..<size.height {
            if hasAlpha, let background {
                compose(row, over: background, into: result)
            } else if depth == 8 {
                interleaveBytes(sources, row, into: result)
            } else {
                interleaveWords(sources, row, into: result)
            }
        }
        return result
    }

    /// The planes in the order of the values of a pixel.
    private var channels: [SamplePlane] {
        let colors = isGray ? [planes[0]] : [planes[0], planes[1], planes[2]]
        return (colors + (hasAlpha && background == nil ? [planes[3]] : [])).compactMap(\.self)
    }

    private func interleaveBytes(_ sources: [SamplePlane], _ row: Int, into result: SamplePlane) {
        let target = unsafe result.row(row).assumingMemoryBound(to: UInt8.self)
        if sources.count == 3 {
            let r = unsafe sources[0].row(row).assumingMemoryBound(to: UInt8.self)
            let g = unsafe sources[1].row(row).assumingMemoryBound(to: UInt8.self)
            let b = unsafe sources[2].row(row).assumingMemoryBound(to: UInt8.self)
            for column in 0..<size.width {
                unsafe target[3 * column] = r[column]
                unsafe target[3 * column + 1] = g[column]
                unsafe target[3 * column + 2] = b[column]
            }
            return
        }
        for (channel, source) in sources.enumerated() {
            let values = unsafe source.row(row).assumingMemoryBound(to: UInt8.self)
            for column in 0..<size.width {
                unsafe target[sources.count * column + channel] = values[column]
            }
        }
    }

    private func interleaveWords(_ sources: [SamplePlane], _ row: Int, into result: SamplePlane) {
        let target = unsafe result.row(row).assumingMemoryBound(to: UInt16.self)
        for (channel, source) in sources.enumerated() {
            let values = unsafe source.row(row).assumingMemoryBound(to: UInt16.self)
            for column in 0..<size.width {
                unsafe target[sources.count * column + channel] = values[column].bigEndian
            }
        }
    }

    /// Lays a row over a colour: values are mixed as they are coded, as most programs do.
    private func compose(_ row: Int, over background: [UInt8], into result: SamplePlane) {
        let maximum = (1 << depth) - 1
        for channel in 0..<3 {
            let base = Int(background[channel]) * maximum / 255
            for column in 0..<size.width {
                let color = value(isGray ? 0 : channel, row, column)
                let alpha = value(3, row, column)
                let mixed = (color * alpha + base * (maximum - alpha) + maximum / 2) / maximum
                let place = unsafe result.row(row) + (3 * column + channel) * (depth / 8)
                if depth == 8 {
                    unsafe place.storeBytes(of: UInt8(mixed), as: UInt8.self)
                } else {
                    unsafe place.storeBytes(of: UInt16(mixed).bigEndian, as: UInt16.self)
                }
            }
        }
    }

    private func value(_ plane: Int, _ row: Int, _ column: Int) -> Int {
        guard let plane = planes[plane] else { return 0 }
        let start = unsafe plane.row(row)
        return depth == 8
            ? Int(unsafe start.load(fromByteOffset: column, as: UInt8.self))
            : Int(unsafe start.load(fromByteOffset: 2 * column, as: UInt16.self))
    }
}
