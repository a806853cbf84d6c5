internal import FFmpeg

/// Holds what a container says of its own length against what there is of it.
///
/// Demuxers read to the end of what there is; only some of them say that it came too early.
struct StatedLength {
    /// What is wrong with the end.
    enum Fault: Hashable {
        /// The file has fewer bytes than it says.
        case missing(has: UInt64, of: UInt64)
        /// Media follows that FFmpeg does not read.
        case unread(at: UInt64)
        /// The mark is missing with which the media has to end.
        case endless
    }

    /// Boxes and chunks that are looked at; more are no file of ours.
    private static let stepCountMaximum = 1 << 20
    /// Some programs count the first header of an AVI too.
    private static let chunkSlack: UInt64 = 8

    private let byteCount: UInt64

    /// What is wrong with the end of media that was read to there; `nil` for nothing, and where the
    /// container does not say.
    ///
    /// - Parameter isIndexed: Whether every packet is known to be there already.
    static func fault(of demuxer: inout Demuxer, isIndexed: Bool) -> Fault? {
        guard let byteCount = demuxer.byteCount.flatMap(UInt64.init(exactly:)) else { return nil }
        let length = StatedLength(byteCount: byteCount)
        switch demuxer.formatName {
        case "avi": return length.chunkFault(&demuxer)
        case "matroska,webm": return length.elementFault(&demuxer)
        case "asf": return length.objectFault(&demuxer)
        case "gif": return length.blockFault(&demuxer)
        case "ogg": return length.pageFault(&demuxer)
        case let name where name.split(separator: ",").contains("mp4"):
            let fault = length.boxFault(&demuxer)
            guard isIndexed, case .missing? = fault else { return fault }
            return nil
        default: return nil
        }
    }

    private func missing(before end: UInt64) -> Fault? {
        end > byteCount ? .missing(has: byteCount, of: end) : nil
    }

    /// RIFF: chunks of four letters and a size of 32 bits, one behind the other.
    private func chunkFault(_ demuxer: inout Demuxer) -> Fault? {
        var offset: UInt64 = 0
        for _ in 0..<Self.stepCountMaximum {
            let header = demuxer.bytes(at: offset, count: 8)
            guard header.count == 8, header.starts(with: Array("RIFF".utf8)) else { return nil }
            let size = header.littleEndian(at: 4, count: 4)
            // A recording that was never finished does not say.
            guard size > 0, size < UInt64(UInt32.max) else { return nil }
            let end = offset + 8 + size
            if end > byteCount {
                return end - byteCount <= Self.chunkSlack ? nil : missing(before: end)
            }
            offset = end + (size & 1)
        }
        return nil
    }

    /// Matroska: an EBML header, then segments.
    private func elementFault(_ demuxer: inout Demuxer) -> Fault? {
        guard let header = element(at: 0, of: &demuxer), header.id == 0x1A45_DFA3,
            let size = header.size,
            let segment = element(at: header.end &+ size, of: &demuxer),
            segment.id == 0x1853_8067,
            let segmentSize = segment.size
        else { return nil }
        let (end, overflow) = segment.end.addingReportingOverflow(segmentSize)
        return overflow ? nil : missing(before: end)
    }

    private func element(
        at offset: UInt64,
        of demuxer: inout Demuxer
    ) -> (id: UInt64, size: UInt64?, end: UInt64)? {
        let head = demuxer.bytes(at: offset, count: 12)
        guard let first = head.first, first > 0, first.leadingZeroBitCount < 4 else { return nil }
        let idCount = first.leadingZeroBitCount + 1
        guard head.count > idCount, head[idCount] > 0 else { return nil }
        let sizeCount = head[idCount].leadingZeroBitCount + 1
        guard head.count >= idCount + sizeCount else { return nil }
        let mask = UInt64(1) << UInt64(7 * sizeCount) - 1
        let size = head.bigEndian(at: idCount, count: sizeCount) & mask
        return (
            head.bigEndian(at: 0, count: idCount),
            size == mask ? nil : size,
            offset &+ UInt64(idCount + sizeCount)
        )
    }

    /// ASF: the file properties, an object of the header, hold the size of the file.
    private func objectFault(_ demuxer: inout Demuxer) -> Fault? {
        let properties: [UInt8] = [
            0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9, 0xCF, 0x11,
            0x8E, 0xE4, 0x00, 0xC0, 0x0C, 0x20, 0x53, 0x65,
        ]
        var offset: UInt64 = 30
        for _ in 0..<64 {
            let object = demuxer.bytes(at: offset, count: 104)
            guard object.count == 104 else { return nil }
            if object.starts(with: properties) {
                // Whoever sends live does not know.
                let isLive = object.littleEndian(at: 88, count: 4) & 1 != 0
                return isLive ? nil : missing(before: object.littleEndian(at: 40, count: 8))
            }
            let size = object.littleEndian(at: 16, count: 8)
            guard size >= 24, size < byteCount - offset else { return nil }
            offset += size
        }
        return nil
    }

    /// ISO 14496-12: boxes of a size of 32 or 64 bits and four letters, one behind the other.
    private func boxFault(_ demuxer: inout Demuxer) -> Fault? {
        var offset: UInt64 = 0
        var hasMovie = false
        for _ in 0..<Self.stepCountMaximum where offset < byteCount {
            let header = demuxer.bytes(at: offset, count: 16)
            guard header.count >= 8 else { return nil }
            var size = header.bigEndian(at: 0, count: 4)
            let name = String(decoding: header[4..<8], as: UTF8.self)
            if size == 1, header.count == 16 { size = header.bigEndian(at: 8, count: 8) }
            // 0 reaches to the end; what is none of the boxes is something behind the media.
            guard size >= 8, Self.boxNames.contains(name) else { return nil }
            if name == "moov" {
                if hasMovie { return .unread(at: offset) }
                hasMovie = true
            }
            let (end, overflow) = offset.addingReportingOverflow(size)
            guard !overflow, end <= byteCount else { return overflow ? nil : missing(before: end) }
            offset = end
        }
        return nil
    }

    /// GIF89a, 15 to 27: blocks of a letter each, of which the last is the trailer.
    private func blockFault(_ demuxer: inout Demuxer) -> Fault? {
        let screen = demuxer.bytes(at: UInt64(0), count: 13)
        guard screen.count == 13, screen.starts(with: Array("GIF8".utf8)) else { return nil }
        var offset: UInt64 = 13 + Self.colorTableByteCount(screen[10])
        for _ in 0..<Self.stepCountMaximum {
            let block = demuxer.bytes(at: offset, count: 10)
            switch block.first {
            case 0x21: offset += 2
            case 0x2C:
                guard block.count == 10 else { return .endless }
                offset += 10 + Self.colorTableByteCount(block[9]) + 1
            case nil: return .endless
            default: return nil
            }
            while let count = demuxer.bytes(at: offset, count: 1).first {
                offset += 1 + UInt64(count)
                if count == 0 { break }
            }
        }
        return nil
    }

    private static func colorTableByteCount(_ flags: UInt8) -> UInt64 {
        flags & 0x80 == 0 ? 0 : 3 << UInt64(flags & 7 + 1)
    }

    /// RFC 3533, 6: pages, of which the last says so. Looks at the last.
    private func pageFault(_ demuxer: inout Demuxer) -> Fault? {
        let start = byteCount - min(byteCount, UInt64(Self.pageByteCountMaximum))
        let tail = demuxer.bytes(at: start, count: Self.pageByteCountMaximum)
        let capture = Array("OggS".utf8)
        guard tail.count > 27,
            let page = (0...(tail.count - 27)).last(where: {
                tail[$0..<($0 + 4)].elementsEqual(capture) && tail[$0 + 4] == 0
            })
        else { return nil }
        let segmentCount = Int(tail[page + 26])
        guard page + 27 + segmentCount <= tail.count else { return .endless }
        let byteCount = tail[(page + 27)..<(page + 27 + segmentCount)].reduce(0) { $0 + Int($1) }
        let isLast = tail[page + 5] & 4 != 0
        return isLast && page + 27 + segmentCount + byteCount <= tail.count ? nil : .endless
    }

    /// RFC 3533, 6: 27 bytes, as many sizes as a byte counts, and as many bytes as those say.
    private static let pageByteCountMaximum = 27 + 255 + 255 * 255

    private static let boxNames: Set = [
        "ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx", "ssix", "mfra",
        "meta",
        "udta", "uuid", "emsg", "prft", "pdin", "pnot", "PICT",
    ]
}

extension [UInt8] {
    fileprivate func littleEndian(at offset: Int, count: Int) -> UInt64 {
        self[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate func bigEndian(at offset: Int, count: Int) -> UInt64 {
        self[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension Demuxer {
    fileprivate mutating func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        bytes(at: Int64(clamping: offset), count: count)
    }
}
