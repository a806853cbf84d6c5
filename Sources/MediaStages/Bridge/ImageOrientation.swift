internal import Buffers
internal import FrameFormat

/// How an image is to be turned for showing, as the Exif data in its file say. Pure.
///
/// FFmpeg's decoders say it of JPEG alone (5.1), so it is read here, and is the display matrix of
/// the packet.
enum ImageOrientation {
    /// Exif data of JPEG stand in front of the image, in a segment of at most 64 KiB.
    private static let jpegHeadByteCount = 1 << 19

    /// The matrix for an image; `nil` for one that is upright, or whose codec has no Exif data.
    static func matrix(of payload: Buffer, codec: String) -> DisplayMatrix? {
        let exif: ArraySlice<UInt8>?
        switch codec {
        case "mjpeg":
            let head = payload.slice(0..<min(payload.byteCount, jpegHeadByteCount)).array
            exif = ofJPEG(head)
        case "png": exif = ofPNG(payload.array)
        case "webp": exif = ofWebP(payload.array)
        case "tiff": exif = payload.array[...]
        default: return nil
        }
        guard let exif, let value = orientation(exif) else { return nil }
        return matrix(value)
    }

    /// The matrix for a value of the tag Orientation (Exif 2.3, 4.6.4): where row 0 and column 0
    /// are seen.
    static func matrix(_ orientation: Int) -> DisplayMatrix? {
        let numbers: [Int: [Int32]] = [
            2: [-1, 0, 0, 1], 3: [-1, 0, 0, -1], 4: [1, 0, 0, -1], 5: [0, 1, 1, 0],
            6: [0, 1, -1, 0], 7: [0, -1, -1, 0], 8: [0, -1, 1, 0],
        ]
        guard let found = numbers[orientation]?.map({ $0 << 16 }) else { return nil }
        return DisplayMatrix(
            elements: [found[0], found[1], 0, found[2], found[3], 0, 0, 0, 1 << 30]
        )
    }

    /// The segment APP1 in front of the image data (Exif 2.3, 4.7.2).
    private static func ofJPEG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var place = 2
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            if marker == 0xFF {  // A byte that fills.
                place += 1
                continue
            }
            guard marker != 0xDA, marker != 0xD9 else { return nil }
            let byteCount = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            let end = place + 2 + byteCount
            guard byteCount >= 2, end <= bytes.count else { return nil }
            let content = bytes[(place + 4)..<end]
            if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
                return content.dropFirst(6)
            }
            place = end
        }
        return nil
    }

    /// The chunk eXIf (PNG 3, 11.3.3.4), which may also stand behind the image.
    private static func ofPNG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
        var place = 8
        while place + 12 <= bytes.count {
            let byteCount = (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
            let start = place + 8
            guard byteCount <= bytes.count - start - 4 else { return nil }
            let kind = bytes[(place + 4)..<start]
            if kind.elementsEqual("eXIf".utf8) { return bytes[start..<(start + byteCount)] }
            if kind.elementsEqual("IEND".utf8) { return nil }
            place = start + byteCount + 4
        }
        return nil
    }

    /// The chunk EXIF of an extended file (RFC 9649, 2.7).
    private static func ofWebP(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.starts(with: "RIFF".utf8) else { return nil }
        var place = 12
        while place + 8 <= bytes.count {
            let byteCount = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
            let start = place + 8
            guard byteCount <= bytes.count - start else { return nil }
            if bytes[place..<(place + 4)].elementsEqual("EXIF".utf8) {
                let content = bytes[start..<(start + byteCount)]
                // Some writers put JPEG's mark in front.
                let mark = Array("Exif\0\0".utf8)
                return content.starts(with: mark) ? content.dropFirst(mark.count) : content
            }
            place = start + byteCount + byteCount % 2
        }
        return nil
    }

    /// The tag 274 in the first directory of TIFF (TIFF 6.0, section 2).
    private static func orientation(_ tiff: ArraySlice<UInt8>) -> Int? {
        let isLittle: Bool
        if tiff.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
            isLittle = true
        } else if tiff.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            isLittle = false
        } else {
            return nil
        }
        func number(at offset: Int, byteCount: Int) -> Int? {
            guard offset <= tiff.count - byteCount else { return nil }
            let place = tiff.startIndex + offset
            return (0..<byteCount).reduce(0) { sum, index in
                sum << 8 | Int(tiff[place + (isLittle ? byteCount - 1 - index : index)])
            }
        }
        guard let directory = number(at: 4, byteCount: 4),
            let count = number(at: directory, byteCount: 2)
        else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = number(at: entry, byteCount: 2) else { return nil }
            // A SHORT, at the start of the entry's value.
            if tag == 274 { return number(at: entry + 8, byteCount: 2) }
        }
        return nil
    }
}
