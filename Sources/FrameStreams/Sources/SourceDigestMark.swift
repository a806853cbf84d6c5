internal import FrameFormat

/// A mark that lists ended sources (specification, section 6.7).
///
/// Marks form a chain. Together, those from one back list every source that ended in front of its
/// border.
struct SourceDigestMark: Sendable {
    /// The key of such marks.
    static let key = "ended-sources"
    /// Bytes of a value that a writer makes.
    static let byteCountMaximum = 16_000
    private static let version = "1"

    /// The offset in front of which all sources that ended are listed.
    var border: UInt64
    /// The offset of the mark before in the chain; `nil` if there is none, or it is below the head.
    var previous: UInt64?
    /// The sources, newest first, without those that were announced below the head.
    var rows: [SourceRow]

    /// Lists sources.
    init(border: UInt64, previous: UInt64?, rows: [SourceRow]) {
        self.border = border
        self.previous = previous
        self.rows = rows
    }

    /// The mark for an offset behind all that it lists.
    ///
    /// - Parameter salt: That of the stream, by which a mark that was copied into another one is
    ///   recognised: places are different there.
    func mark(at offset: UInt64, salt: UInt64) -> Mark {
        var digits = String(salt, radix: 16)
        digits = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        let link = previous.map { offset - $0 } ?? 0
        var text = Array("\(Self.version) \(digits) \(offset - border) \(link) ".utf8)
        var place = offset
        for row in rows {
            SourceRowText.append(row, before: place, to: &text)
            place = row.begin
        }
        return Mark(key: Self.key, value: String(decoding: text, as: UTF8.self))
    }

    /// Reads the mark at `offset` of a stream with this salt; `nil` for any other and for what no
    /// writer makes.
    ///
    /// - Parameter head: The first offset of the stream that is still there.
    init?(_ mark: Mark, at offset: UInt64, salt: UInt64, head: UInt64) {
        guard mark.key == Self.key else { return nil }
        let words = mark.value.utf8.split(
            separator: UInt8(ascii: " "),
            maxSplits: 4,
            omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        guard words.count == 5, words[0] == Self.version, words[1].utf8.count == 16,
            UInt64(words[1], radix: 16) == salt, let behind = UInt64(words[2]),
            let link = UInt64(words[3]), behind <= offset
        else { return nil }
        border = offset - behind
        previous = link > 0 && link <= offset && offset - link >= head ? offset - link : nil
        rows = []
        var text = Array(words[4].utf8)[...]
        var place = offset
        while !text.isEmpty {
            guard let tags = SourceRowText.takeTags(from: &text),
                let step = SourceRowText.takeDistance(from: &text),
                let span = SourceRowText.takeDistance(from: &text)
            else { return nil }
            let (end, isBelow) = place.subtractingReportingOverflow(step)
            let (begin, beginsBelow) = end.subtractingReportingOverflow(span)
            if isBelow || beginsBelow || begin < head {
                // All that follow are older.
                previous = nil
                return
            }
            rows.append(SourceRow(tags: tags, begin: begin, end: end))
            place = begin
        }
    }
}
