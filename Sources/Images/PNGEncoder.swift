internal import CDeflate

/// Encodes PNG files (W3C Portable Network Graphics, third edition). Used by one task at a time.
///
/// Measured on frames of 1280x720 in 8-bit RGB, one thread: libdeflate at level 1 behind the filter
/// "up" takes 14 ms and makes the smaller file; libspng over zlib at level 1 takes 40 ms with the
/// same filter, and 46 to 101 ms with others. The filters "sub", "average" and "Paeth", and
/// choosing among them by row, gave larger files in more time; level 2 takes twice the time for 5 %
/// less.
@safe
public final class PNGEncoder {
    /// libdeflate's level.
    private static let level: Int32 = 1
    /// Bytes of compressed pixels in a chunk; a chunk has at most 2^31 - 1 (section 5.3).
    private static let chunkByteCountMaximum = 1 << 30
    /// The filter "up" (section 9.2).
    private static let filterUp: UInt8 = 2

    /// What a file says beside the pixels.
    public struct Tags: Hashable, Sendable {
        /// H.273 section 8.1.
        public var primaries: UInt8?
        /// H.273 section 8.2.
        public var transfer: UInt8?
        /// Width over height of a pixel.
        public var aspectWidth: UInt32 = 1
        /// Width over height of a pixel.
        public var aspectHeight: UInt32 = 1

        /// Nothing.
        public init() {}
    }

    private let compressor: OpaquePointer

    /// Makes an encoder.
    public init() throws(ImageError) {
        guard let compressor = unsafe libdeflate_alloc_compressor(Self.level) else {
            throw ImageError(.failed, "libdeflate_alloc_compressor: out of memory")
        }
        unsafe self.compressor = compressor
    }

    deinit {
        unsafe libdeflate_free_compressor(compressor)
    }

    /// Encodes pixels, all of them as they are.
    public func encode(_ pixels: ImagePixels, tags: Tags) throws(ImageError) -> [UInt8] {
        let data = try compressed(pixels)
        var file = PNGFile(capacity: data.count + 256)
        file.append("IHDR", Self.header(pixels))
        Self.appendTags(tags, pixels, to: &file)
        for start in stride(from: 0, to: data.count, by: Self.chunkByteCountMaximum) {
            let end = min(start + Self.chunkByteCountMaximum, data.count)
            file.append("IDAT", data[start..<end])
        }
        file.append("IEND", [UInt8]())
        return file.bytes
    }

    private static func header(_ pixels: ImagePixels) -> [UInt8] {
        let colorType: [UInt8] = [0, 4, 2, 6]
        return bigEndian(UInt32(pixels.width)) + bigEndian(UInt32(pixels.height))
            + [UInt8(pixels.depth), colorType[pixels.channelCount - 1], 0, 0, 0]
    }

    /// cICP says everything; sRGB, or gAMA and cHRM, say it again for older readers where they can
    /// say it exactly.
    private static func appendTags(_ tags: Tags, _ pixels: ImagePixels, to file: inout PNGFile) {
        if let primaries = tags.primaries, let transfer = tags.transfer {
            if pixels.channelCount >= 3 { file.append("cICP", [primaries, transfer, 0, 1]) }
            switch transfer {
            case 13 where primaries == 1: file.append("sRGB", [0])
            case 4: file.append("gAMA", bigEndian(45455))
            case 5: file.append("gAMA", bigEndian(35714))
            case 8: file.append("gAMA", bigEndian(100_000))
            default: break
            }
            if transfer != 13, let points = chromaticities[primaries] {
                file.append("cHRM", points.flatMap { bigEndian(UInt32($0)) })
            }
        }
        if pixels.significantBits < pixels.depth {
            let bits = UInt8(pixels.significantBits)
            file.append("sBIT", Array(repeating: bits, count: pixels.channelCount))
        }
        if tags.aspectWidth != tags.aspectHeight {
            // Pixels per unit: the wider a pixel, the fewer there are (section 11.3.4.3). libpng
            // reads it so; FFmpeg reads and writes it the other way round.
            file.append("pHYs", bigEndian(tags.aspectHeight) + bigEndian(tags.aspectWidth) + [0])
        }
    }

    /// White, red, green and blue in CIE x and y, times 100,000 (H.273 table 2).
    private static let chromaticities: [UInt8: [Int]] = [
        1: [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000],
        5: [31270, 32900, 64000, 33000, 29000, 60000, 15000, 6000],
        6: [31270, 32900, 63000, 34000, 31000, 59500, 15500, 7000],
        7: [31270, 32900, 63000, 34000, 31000, 59500, 15500, 7000],
        9: [31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600],
        12: [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000],
    ]

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private func compressed(_ pixels: ImagePixels) throws(ImageError) -> [UInt8] {
        let filtered = Self.filtered(pixels)
        let byteCountMaximum = unsafe libdeflate_zlib_compress_bound(compressor, filtered.count)
        var byteCount = 0
        let result = unsafe [UInt8](unsafeUninitializedCapacity: byteCountMaximum) {
            buffer,
            count in
            byteCount = unsafe filtered.withUnsafeBytes { filtered in
                unsafe libdeflate_zlib_compress(
                    compressor,
                    filtered.baseAddress,
                    filtered.count,
                    buffer.baseAddress,
                    buffer.count
                )
            }
            count = byteCount
        }
        guard byteCount > 0 else {
            throw ImageError(.failed, "libdeflate_zlib_compress: the bound was too small")
        }
        return result
    }

    /// All rows, each behind the number of its filter.
    private static func filtered(_ pixels: ImagePixels) -> [UInt8] {
        let line = pixels.rowByteCount
        let byteCount = (line + 1) * pixels.height
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            guard var target = buffer.baseAddress else { return }
            for row in 0..<pixels.height {
                unsafe target[0] = filterUp
                let current = unsafe pixels.plane.row(row).assumingMemoryBound(to: UInt8.self)
                if row == 0 {
                    unsafe (target + 1).update(from: current, count: line)
                } else {
                    let above = unsafe pixels.plane.row(row - 1)
                        .assumingMemoryBound(to: UInt8.self)
                    for place in 0..<line {
                        unsafe target[1 + place] = current[place] &- above[place]
                    }
                }
                unsafe target += line + 1
            }
            count = byteCount
        }
    }
}

/// A file of chunks (section 5): length, name, contents, CRC-32 of both.
private struct PNGFile {
    private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func append(_ name: String, _ contents: some Collection<UInt8>) {
        bytes += PNGEncoder.bigEndian(UInt32(contents.count))
        let start = bytes.count
        bytes += Array(name.utf8)
        bytes += contents
        let checksum = unsafe bytes.withUnsafeBytes { bytes in
            unsafe libdeflate_crc32(
                0,
                bytes.baseAddress.map { unsafe $0 + start },
                bytes.count - start
            )
        }
        bytes += PNGEncoder.bigEndian(checksum)
    }
}
