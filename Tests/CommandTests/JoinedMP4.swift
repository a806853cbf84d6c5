import Foundation

/// An MP4 file of two files' frames with a sample description for each, which FFmpeg does not
/// write.
///
/// Both are files of FFmpeg's with one stream of video and no reordered frames.
enum JoinedMP4 {
    private typealias Box = (type: String, content: [UInt8])

    private static let containers: Set<String> = ["moov", "trak", "mdia", "minf", "stbl"]

    /// Writes the frames of `first` and, behind them, of `second`.
    static func write(_ first: URL, _ second: URL, to file: URL) throws {
        let old = try [first, second].map { boxes([UInt8](try Data(contentsOf: $0))) }
        let leaves = old.map { Self.leaves(of: $0) }
        func table(_ type: String) -> [[UInt8]] { leaves.map { $0[type] ?? [] } }
        let media = table("mdat")
        let type = box("ftyp", leaves[0]["ftyp"] ?? [])
        let offset = type.count + 8
        let counts = table("stsz").map { number($0, at: 8) }
        let keys = table("stss").map { numbers($0, from: 8) }
        func made(_ box: Box) -> [UInt8]? {
            let tables = table(box.type)
            switch box.type {
            case "edts": return nil
            case "stsd", "stts":
                let count = tables.reduce(0) { $0 + number($1, at: 4) }
                return full([count]) + tables.flatMap { $0.dropFirst(8) }
            case "stsz":
                return full([0, counts[0] + counts[1]]) + tables.flatMap { $0.dropFirst(12) }
            case "stss":
                let all = keys[0] + keys[1].map { $0 + counts[0] }
                return full([all.count] + all)
            case "stsc": return full([2, 1, counts[0], 1, 2, counts[1], 2])
            case "stco": return full([2, offset, offset + media[0].count])
            case "mvhd", "mdhd", "tkhd":
                var content = box.content
                let place = box.type == "tkhd" ? 20 : 16
                let length = tables.reduce(0) { $0 + number($1, at: place) }
                content.replaceSubrange(place..<place + 4, with: bytes(length))
                return content
            default: return box.content
            }
        }
        let movie = old[0].filter { $0.type == "moov" }.flatMap { rewritten($0, made) }
        try Data(type + box("mdat", media[0] + media[1]) + movie).write(to: file)
    }

    private static func rewritten(_ old: Box, _ made: (Box) -> [UInt8]?) -> [UInt8] {
        guard containers.contains(old.type) else {
            return made(old).map { box(old.type, $0) } ?? []
        }
        return box(old.type, boxes(old.content).flatMap { rewritten($0, made) })
    }

    private static func leaves(of boxes: [Box]) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for box in boxes {
            if containers.contains(box.type) {
                found.merge(leaves(of: Self.boxes(box.content))) { $1 }
            } else {
                found[box.type] = box.content
            }
        }
        return found
    }

    private static func boxes(_ bytes: [UInt8]) -> [Box] {
        var boxes: [Box] = []
        var place = 0
        while place + 8 <= bytes.count {
            let end = place + max(8, number(bytes, at: place))
            let type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            boxes.append((type, Array(bytes[place + 8..<min(end, bytes.count)])))
            place = end
        }
        return boxes
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        bytes(content.count + 8) + type.utf8 + content
    }

    /// Content with a version, flags and these numbers.
    private static func full(_ numbers: [Int]) -> [UInt8] { bytes(0) + numbers.flatMap(bytes) }

    private static func bytes(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    private static func number(_ bytes: [UInt8], at place: Int) -> Int {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func numbers(_ bytes: [UInt8], from place: Int) -> [Int] {
        stride(from: place, to: bytes.count, by: 4).map { number(bytes, at: $0) }
    }
}
