internal import Buffers

/// Counts the pages of a TIFF file; FFmpeg decodes the first. Pure.
enum TIFFPages {
    /// More are no pages.
    private static let countMaximum = 65_535
    private static let subfileType: UInt64 = 254
    /// A smaller version of another page, or a mask.
    private static let noPage: UInt64 = 1 | 4

    /// The pages of a file, without previews and masks; 0 for what is no TIFF.
    static func count(in file: RawSpan) -> Int {
        guard file.byteCount >= 16 else { return 0 }
        let isLittle: Bool
        switch (file.byte(at: 0), file.byte(at: 1)) {
        case (0x49, 0x49): isLittle = true
        case (0x4D, 0x4D): isLittle = false
        default: return 0
        }
        func number(at offset: UInt64, _ count: Int) -> UInt64? {
            guard let start = Int(exactly: offset), start <= file.byteCount - count else {
                return nil
            }
            return (0..<count).reduce(0) { sum, index in
                let place = isLittle ? start + count - 1 - index : start + index
                return sum << 8 | UInt64(file.byte(at: place))
            }
        }
        let version = number(at: 2, 2)
        guard version == 42 || version == 43 else { return 0 }
        let isBig = version == 43
        let width = isBig ? 8 : 4
        let (countWidth, entryWidth): (Int, UInt64) = isBig ? (8, 20) : (2, 12)
        var offset = number(at: isBig ? 8 : 4, width) ?? 0
        var pageCount = 0
        for _ in 0..<countMaximum where offset > 0 && offset < UInt64(file.byteCount) {
            guard let entryCount = number(at: offset, countWidth), entryCount < 65_536
            else { break }
            let entries = offset + UInt64(countWidth)
            let place = (0..<entryCount).map { entries + $0 * entryWidth }
                .first { number(at: $0, 2) == subfileType }
            let type = place.flatMap { number(at: $0 + (isBig ? 12 : 8), 4) }
            if (type ?? 0) & noPage == 0 { pageCount += 1 }
            offset = number(at: entries + entryCount * entryWidth, width) ?? 0
        }
        return pageCount
    }
}

extension RawSpan {
    /// The byte at a place that is known to be inside.
    fileprivate func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
