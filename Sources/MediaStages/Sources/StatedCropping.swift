internal import Stages
internal import SystemPackage

/// How many columns and rows a container cuts off the pictures of its streams for showing: the box
/// `clap` of MP4 and QuickTime, and PixelCrop of Matroska.
///
/// FFmpeg neither applies nor tells it (before 7.1), so it is looked for here, to be said.
struct StatedCropping: Hashable {
    /// What is cut off, in words, by the index of the stream.
    private(set) var lines: [Int: String] = [:]

    /// Looks through the head of a file; finds nothing in what it does not know.
    init(ofFile path: String) {
        // What cannot be read is said by whoever opens the media.
        let path = FilePath(path).onDisk
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        else { return }
        // Nor is it said twice.
        try? file.closeAfter {
            let bytes = FileBytes(file: file)
            let head = bytes.read(at: 0, count: 12)
            let kinds = ["ftyp", "moov", "mdat", "wide", "free", "skip"]
            if head.count == 12, kinds.contains(where: { head[4..<8].elementsEqual($0.utf8) }) {
                readBoxes(bytes)
            } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
                readElements(bytes)
            }
        }
    }

    // MARK: MP4 and QuickTime (ISO/IEC 14496-12, 4.2 and 12.1.4)

    private mutating func readBoxes(_ bytes: FileBytes) {
        guard let movie = bytes.boxes(in: 0..<Int64.max).first(where: { $0.kind == "moov" })
        else { return }
        let tracks = bytes.boxes(in: movie.content).filter { $0.kind == "trak" }
        for (index, track) in tracks.enumerated() {
            var place = track
            for kind in ["mdia", "minf", "stbl", "stsd"] {
                guard let found = bytes.boxes(in: place.content).first(where: { $0.kind == kind })
                else { break }
                place = found
            }
            guard place.kind == "stsd", place.content.count > 8,
                let entry = bytes.boxes(
                    in: (place.content.lowerBound + 8)..<place.content.upperBound
                ).first, entry.content.count > 78
            else { continue }
            let inner = (entry.content.lowerBound + 78)..<entry.content.upperBound
            guard let box = bytes.boxes(in: inner).first(where: { $0.kind == "clap" }) else {
                continue
            }
            let size = bytes.read(at: entry.content.lowerBound + 24, count: 4)
            let numbers = bytes.read(at: box.content.lowerBound, count: 32)
            guard size.count == 4, numbers.count == 32 else { continue }
            lines[index] = Self.line(
                aperture: (0..<8).map { Self.number(numbers[($0 * 4)..<($0 * 4 + 4)]) },
                width: Self.number(size[0..<2]),
                height: Self.number(size[2..<4])
            )
        }
    }

    /// What an aperture leaves; `nil` for one that cuts nothing off.
    private static func line(aperture: [Int], width: Int, height: Int) -> String? {
        guard aperture[1] > 0, aperture[3] > 0 else { return nil }
        let (columns, rows) = (aperture[0] / aperture[1], aperture[2] / aperture[3])
        guard columns != width || rows != height || aperture[4] != 0 || aperture[6] != 0 else {
            return nil
        }
        return "the container shows \(columns)x\(rows) of \(width)x\(height) (clean aperture)"
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    // MARK: Matroska (RFC 9559, 5.1.4)

    private enum ID {
        static let segment = 0x1853_8067
        static let cluster = 0x1F43_B675
        static let tracks = 0x1654_AE6B
        static let entry = 0xAE
        static let video = 0xE0
        static let crops = [
            (0x54BB, "top"), (0x54AA, "bottom"), (0x54CC, "left"), (0x54DD, "right"),
        ]
    }

    private mutating func readElements(_ bytes: FileBytes) {
        guard let segment = bytes.elements(in: 0..<Int64.max).first(where: { $0.id == ID.segment }),
            let tracks = bytes.elements(in: segment.content, until: ID.cluster)
                .first(where: { $0.id == ID.tracks })
        else { return }
        let entries = bytes.elements(in: tracks.content).filter { $0.id == ID.entry }
        for (index, entry) in entries.enumerated() {
            guard let video = bytes.elements(in: entry.content).first(where: { $0.id == ID.video })
            else { continue }
            let elements = bytes.elements(in: video.content)
            let parts = ID.crops.compactMap { id, side -> String? in
                guard let found = elements.first(where: { $0.id == id }), found.content.count <= 8
                else { return nil }
                let content = bytes.read(
                    at: found.content.lowerBound,
                    count: found.content.count
                )
                let count = content.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
                return count == 0 ? nil : "\(count) \(side)"
            }
            guard !parts.isEmpty else { continue }
            lines[index] = "the container cuts off \(parts.joined(separator: ", "))"
        }
    }
}

/// The bytes of a file, and the two ways in which containers divide them.
private struct FileBytes {
    struct Box {
        let kind: String
        let content: Range<Int64>
    }

    struct Element {
        let id: Int
        let content: Range<Int64>
    }

    /// Pieces that are looked at in one place; a file of more is not what it says.
    private static let pieceCountMaximum = 4096

    let file: FileDescriptor

    /// Some bytes; fewer at the end of the file, or where it cannot be read.
    func read(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, count > 0 else { return [] }
        var length = 0
        // What cannot be read holds nothing.
        let bytes = try? unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                )
                let read = try unsafe file.read(
                    fromAbsoluteOffset: offset + Int64(filled),
                    into: rest
                )
                guard read > 0 else { break }
                filled += read
            }
            length = filled
        }
        guard let bytes, length > 0 else { return [] }
        return bytes
    }

    /// The boxes in a range, up to the first that makes no sense.
    func boxes(in range: Range<Int64>) -> [Box] {
        var boxes: [Box] = []
        var place = range.lowerBound
        while boxes.count < Self.pieceCountMaximum, place <= range.upperBound - 8 {
            let head = read(at: place, count: 16)
            guard head.count >= 8 else { break }
            var byteCount = head[0..<4].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            var start = place + 8
            if byteCount == 1, head.count == 16 {
                byteCount = head[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
                start = place + 16
            } else if byteCount == 0 {
                byteCount = UInt64(range.upperBound - place)
            }
            guard byteCount >= UInt64(start - place),
                byteCount <= UInt64(range.upperBound - place)
            else { break }
            let end = place + Int64(byteCount)
            let kind = String(decoding: head[4..<8], as: UTF8.self)
            boxes.append(Box(kind: kind, content: start..<end))
            place = end
        }
        return boxes
    }

    /// The elements in a range, up to the first that makes no sense, or has the id `last`.
    func elements(in range: Range<Int64>, until last: Int? = nil) -> [Element] {
        var elements: [Element] = []
        var place = range.lowerBound
        while elements.count < Self.pieceCountMaximum, place < range.upperBound {
            let head = read(at: place, count: 12)
            guard let first = head.first, first >= 0x10 else { break }
            let idByteCount = first.leadingZeroBitCount + 1
            guard head.count > idByteCount, head[idByteCount] != 0 else { break }
            let id = head[..<idByteCount].reduce(0) { $0 << 8 | Int($1) }
            if id == last { break }
            let sizeByteCount = head[idByteCount].leadingZeroBitCount + 1
            guard head.count >= idByteCount + sizeByteCount else { break }
            let sizeBytes = head[idByteCount..<(idByteCount + sizeByteCount)]
            let mask = (UInt64(1) << (7 * UInt64(sizeByteCount))) - 1
            let size = sizeBytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) } & mask
            let start = place + Int64(idByteCount + sizeByteCount)
            guard start <= range.upperBound else { break }
            // All ones is a size that is not known: up to the end.
            let room = UInt64(range.upperBound - start)
            guard size == mask || size <= room else { break }
            let end = size == mask ? range.upperBound : start + Int64(size)
            elements.append(Element(id: id, content: start..<end))
            place = end
        }
        return elements
    }
}
