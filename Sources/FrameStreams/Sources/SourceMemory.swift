internal import FrameFormat

/// The ended sources of a stream as its writer knows them, and which of them are listed in marks.
///
/// Sources are listed sixteen at a time. A new mark takes over what the marks before it list as
/// long as those are no larger than what it has, and all of it fits: so every source is written a
/// few times, and all but a few marks are full. The memory has no effects: it makes marks, which
/// its owner appends.
struct SourceMemory: Sendable {
    /// Announcements behind the border that the next opening may have to go over.
    static let stepCountMaximum = 16
    /// Marks that are made without a source between: whoever looks for the end of a source steps
    /// over 256 records at most.
    static let markCountMaximum = 192
    /// Bytes of a mark beside its rows: the first words, and a newest row that is further away than
    /// the one behind it.
    private static let frameByteCount = 128

    /// The sources of which something can be asked, oldest first.
    private(set) var rows: [SourceRow]
    private var chain: [SourceDigest.Link]
    /// How many of the rows the chain lists.
    private var listedCount: Int
    /// Announcements of which the end, if they have one, is not in front of the border.
    private var stepCount: Int

    /// A stream without sources.
    init() {
        (rows, chain, listedCount, stepCount) = ([], [], 0, 0)
    }

    /// What marks list, and what else was found; `nil` unless one source begins behind the end of
    /// the other.
    ///
    /// - Parameters:
    ///   - digest: What marks list.
    ///   - found: The sources that ended behind the border, oldest first.
    ///   - stepCount: The announcements that it took to find them.
    init?(_ digest: SourceDigest, behind found: [SourceRow], stepCount: Int) {
        rows = digest.rows
        chain = digest.chain
        listedCount = digest.rows.count
        self.stepCount = stepCount
        rows += found
        var place: UInt64 = 0
        for row in rows {
            guard row.begin >= place, row.end > row.begin else { return nil }
            place = row.end + 1
        }
    }

    /// Whether the sources behind the border are to be listed.
    var isDue: Bool { stepCount >= Self.stepCountMaximum }

    /// Notes that a source begins.
    mutating func begin() { stepCount += 1 }

    /// Notes that a source has ended.
    mutating func end(_ source: EndedSource, begin: UInt64, end: UInt64) {
        let tags = SourceTags(source)
        if !tags.isEmpty { rows.append(SourceRow(tags: tags, begin: begin, end: end)) }
    }

    /// Prepares to list what is not listed, and what is listed in marks that are to grow.
    mutating func beginListing() {
        var byteCount = Self.frameByteCount
        for index in listedCount..<rows.count { byteCount += self.byteCount(ofRow: index) }
        while let last = chain.last, last.rowCount <= rows.count - listedCount,
            last.byteCount + byteCount <= SourceDigestMark.byteCountMaximum
        {
            byteCount += last.byteCount
            listedCount -= last.rowCount
            chain.removeLast()
        }
    }

    /// The next mark, which is going to be at `offset`; the last one if all is listed then.
    mutating func makeMark(at offset: UInt64, salt: UInt64) -> (mark: Mark, isLast: Bool) {
        let start = listedCount
        var byteCount = Self.frameByteCount
        while listedCount < rows.count {
            byteCount += self.byteCount(ofRow: listedCount)
            guard byteCount <= SourceDigestMark.byteCountMaximum else { break }
            listedCount += 1
        }
        let rowCount = listedCount - start
        let isLast = listedCount == rows.count
        let digest = SourceDigestMark(
            border: isLast ? offset : rows[listedCount].end,
            previous: chain.last?.offset,
            rows: rows[start..<listedCount].reversed()
        )
        let mark = digest.mark(at: offset, salt: salt)
        chain.append(
            SourceDigest.Link(
                offset: offset,
                rowCount: rowCount,
                byteCount: mark.value.utf8.count
            )
        )
        stepCount = rows.count - listedCount
        return (mark, isLast)
    }

    private func byteCount(ofRow index: Int) -> Int {
        let (row, next) = (rows[index], index + 1)
        // The newest one of a mark is measured from the mark, which is a few bytes more.
        let place = next < rows.count ? rows[next].begin : row.end + 1
        return SourceRowText.byteCount(of: row, before: place)
    }
}
