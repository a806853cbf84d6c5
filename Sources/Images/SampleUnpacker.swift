internal import FrameFormat
internal import Glibc

/// Takes raw pictures apart into one plane for each component, with samples in the lowest bits of a
/// byte or of a 16-bit word.
///
/// How values are found is FFmpeg's `av_read_image_line2`.
@safe
struct SampleUnpacker {
    private let layout: SampleLayout
    private let base: UnsafeRawPointer
    private let rows: [(offset: Int, byteCount: Int, count: Int)]

    /// Reads the picture whose bytes start at `base`, which outlives the unpacker.
    init(_ picture: RawPicture, at base: UnsafeRawPointer) {
        layout = picture.layout
        unsafe self.base = base
        rows = picture.planes.map {
            (Int($0.offset), Int($0.rowByteCount), Int($0.rowCount))
        }
    }

    private func row(_ number: Int, of component: SampleLayout.Component) -> UnsafeRawPointer {
        let plane = rows[component.plane]
        return unsafe base + plane.offset + number * plane.byteCount
    }

    /// The component's plane where it lies, if it is already as zimg wants it.
    func borrowed(_ index: Int, like wanted: SamplePlane) -> SamplePlane? {
        // The colours of a palette are nowhere side by side.
        guard !layout.hasPalette else { return nil }
        let component = layout.components[index]
        let sampleByteCount = layout.unpackedDepth > 8 ? 2 : 1
        let stride = rows[component.plane].byteCount
        guard isPlain(component, sampleByteCount), stride % AlignedMemory.alignment == 0,
            stride >= wanted.width * sampleByteCount,
            // Padding to whole groups of chroma is not there.
            rows[component.plane].count >= wanted.height
        else { return nil }
        let start = unsafe row(0, of: component)
        guard Int(bitPattern: start) % AlignedMemory.alignment == 0 else { return nil }
        return unsafe SamplePlane(
            borrowing: unsafe UnsafeMutableRawPointer(mutating: start),
            stride: stride,
            width: wanted.width,
            height: wanted.height
        )
    }

    /// Whether the values stand side by side, as this machine reads them.
    private func isPlain(_ component: SampleLayout.Component, _ sampleByteCount: Int) -> Bool {
        component.step == sampleByteCount && component.offset == 0 && component.shift == 0
            && component.depth == layout.unpackedDepth && !layout.isBitstream
            && !layout.isInverted && (sampleByteCount == 1 || !layout.isBigEndian)
    }

    /// Unpacks a component into a plane of `columns` by `rows` values; what the plane has beyond
    /// them is filled with the last ones.
    func unpack(_ index: Int, columns: Int, rows: Int, into plane: SamplePlane) {
        let isWide = layout.unpackedDepth > 8
        for number in 0..<rows {
            let target = unsafe plane.row(number)
            if isWide {
                let words = unsafe target.assumingMemoryBound(to: UInt16.self)
                unsafe unpackWords(index, row: number, columns, into: words)
                for column in columns..<max(columns, plane.width) {
                    unsafe words[column] = words[columns - 1]
                }
            } else {
                let bytes = unsafe target.assumingMemoryBound(to: UInt8.self)
                unsafe unpackBytes(index, row: number, columns, into: bytes)
                for column in columns..<max(columns, plane.width) {
                    unsafe bytes[column] = bytes[columns - 1]
                }
            }
        }
        for number in rows..<max(rows, plane.height) {
            unsafe memcpy(plane.row(number), plane.row(rows - 1), plane.stride)
        }
    }

    private func unpackWords(
        _ index: Int,
        row number: Int,
        _ columns: Int,
        into target: UnsafeMutablePointer<UInt16>
    ) {
        let component = layout.components[index]
        let source = unsafe row(number, of: component)
        if isPlain(component, 2) {
            unsafe memcpy(target, source, columns * 2)
            return
        }
        let mask = UInt16(truncatingIfNeeded: (1 << component.depth) - 1)
        let shift = UInt16(component.shift)
        let isBigEndian = layout.isBigEndian
        var place = unsafe source + component.offset
        for column in 0..<columns {
            let value = unsafe place.loadUnaligned(as: UInt16.self)
            let word = isBigEndian ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
            unsafe target[column] = (word >> shift) & mask
            unsafe place += component.step
        }
    }

    private func unpackBytes(
        _ index: Int,
        row number: Int,
        _ columns: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        if layout.hasPalette {
            unsafe lookUp(channel: index, row: number, columns, into: target)
            return
        }
        let component = layout.components[index]
        let source = unsafe row(number, of: component)
        if isPlain(component, 1) {
            unsafe memcpy(target, source, columns)
        } else if component.depth == 8, component.shift == 0 {
            let first = unsafe source + component.offset
            for column in 0..<columns {
                unsafe target[column] = first.load(
                    fromByteOffset: column * component.step,
                    as: UInt8.self
                )
            }
        } else {
            unsafe stretch(component, source, columns, into: target)
        }
    }

    /// Values of fewer than 8 bits become values of 8.
    private func stretch(
        _ component: SampleLayout.Component,
        _ source: UnsafeRawPointer,
        _ columns: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        let maximum = (1 << component.depth) - 1
        for column in 0..<columns {
            let raw = unsafe value(component, source, column)
            let value = layout.isInverted ? maximum - raw : raw
            unsafe target[column] = UInt8((value * 255 + maximum / 2) / maximum)
        }
    }

    private func value(
        _ component: SampleLayout.Component,
        _ source: UnsafeRawPointer,
        _ column: Int
    ) -> Int {
        let mask = (1 << component.depth) - 1
        let place = column * component.step + component.offset
        if layout.isBitstream {
            let byte = Int(unsafe source.load(fromByteOffset: place / 8, as: UInt8.self))
            return (byte >> (8 - component.depth - place % 8)) & mask
        }
        if component.shift + component.depth <= 8 {
            let offset = place + (layout.isBigEndian ? 1 : 0)
            let byte = Int(unsafe source.load(fromByteOffset: offset, as: UInt8.self))
            return (byte >> component.shift) & mask
        }
        let word = unsafe source.loadUnaligned(fromByteOffset: place, as: UInt16.self)
        let value = layout.isBigEndian ? UInt16(bigEndian: word) : UInt16(littleEndian: word)
        return (Int(value) >> component.shift) & mask
    }

    /// The table has 256 colours, as little-endian numbers `0xAARRGGBB`.
    private func lookUp(
        channel: Int,
        row number: Int,
        _ columns: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        // Red, green, blue, alpha.
        let byte = [2, 1, 0, 3][channel]
        let indices = unsafe base + rows[0].offset + number * rows[0].byteCount
        let table = unsafe base + rows[1].offset + byte
        for column in 0..<columns {
            let index = Int(unsafe indices.load(fromByteOffset: column, as: UInt8.self))
            unsafe target[column] = table.load(fromByteOffset: index * 4, as: UInt8.self)
        }
    }
}
