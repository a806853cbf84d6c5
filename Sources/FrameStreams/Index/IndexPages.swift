internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// The frames between two index records, and the way to those before.
struct IndexPage: Sendable {
    /// The frames, oldest first, without those before the head.
    var entries: [IndexedFrame] = []
    /// The numbers of the frames before which gaps stand.
    var gaps: [UInt64] = []
    /// The number of the last frame up to the end of the page.
    var lastSequence: UInt64 = 0
    /// Gaps up to the end of the page, in the whole stream.
    var gapCount: UInt64 = 0
    /// Offsets of index records before it: the page of each ends there. Nearest first.
    var links: [UInt64] = []
    /// Whether the entries are those of a page before it.
    var isBorrowing = false
}

/// The tail of the stream, or a part of its index that is needed, is damaged or out of reach.
struct UnusableIndex: Error {}

/// The index of a stream as it was at one moment, page by page from the newest back.
///
/// The newest page is what follows the newest index record. Where the index cannot be used, which
/// methods say by throwing ``UnusableIndex``, ``scan()`` makes one page of all frames.
struct IndexPages: Sendable {
    /// Pages that are kept, so that one search after the other does not read them again.
    private static let keptPageCountMaximum = 256

    /// The bounds of the stream at that moment.
    let bounds: StreamBounds

    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private var probe: RecordProbe
    private var newestPage: IndexPage?
    private var keptPages: [UInt64: IndexPage] = [:]

    /// Prepares to look at a stream within `bounds`.
    init(
        _ reader: any ByteStreamReader,
        bounds: StreamBounds,
        pool: BufferPool
    ) async throws(StreamError) {
        self.reader = reader
        self.pool = pool
        self.bounds = bounds
        probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
    }

    /// The page behind the newest index record.
    mutating func newest() async throws -> IndexPage {
        if let newestPage { return newestPage }
        let newest: UInt64?
        switch try await probe.newestIndex() {
        case .unknown: throw UnusableIndex()
        case .none: newest = nil
        case .at(let offset): newest = offset
        }
        guard newest != nil || probe.head == 0 else { throw UnusableIndex() }
        var page = IndexPage(links: newest.map { [$0] } ?? [])
        var offset = newest ?? probe.head
        while offset < probe.end {
            guard let outline = try await probe.outline(at: offset) else { throw UnusableIndex() }
            page.take(outline.record, outline.prefix.sequence, at: offset)
            offset = outline.end
        }
        page = try await filled(page)
        newestPage = page
        return page
    }

    /// The page that ends with the index record at `offset`.
    mutating func page(at offset: UInt64) async throws -> IndexPage {
        try await filled(try await ownPage(at: offset))
    }

    /// A page without frames shows those of the page before it, so that there is something to
    /// compare with.
    private mutating func filled(_ page: IndexPage) async throws -> IndexPage {
        var filled = page
        var link = page.links.first
        while filled.entries.isEmpty, let offset = link {
            let previous = try await ownPage(at: offset)
            filled.entries = previous.entries
            filled.isBorrowing = true
            link = previous.links.first
        }
        return filled
    }

    private mutating func ownPage(at offset: UInt64) async throws -> IndexPage {
        if let kept = keptPages[offset] { return kept }
        guard let block = try await probe.index(at: offset) else { throw UnusableIndex() }
        var page = IndexPage(
            lastSequence: block.totals.frameCount,
            gapCount: block.totals.gapCount,
            links: block.links.compactMap { probe.place($0, before: offset) }
        )
        for entry in block.entries {
            guard let place = probe.place(entry.distance, before: offset) else { continue }
            guard !entry.isGap else {
                page.gaps.append(entry.sequence)
                continue
            }
            page.entries.append(
                IndexedFrame(
                    offset: StreamOffset(place),
                    sequence: entry.sequence,
                    flags: entry.flags,
                    presentationTime: entry.presentationTime
                )
            )
        }
        // Those of an index that was made anew all have the totals of the tail.
        page.lastSequence = page.entries.last?.sequence ?? page.lastSequence
        if keptPages.count == Self.keptPageCountMaximum { keptPages = [:] }
        keptPages[offset] = page
        return page
    }

    /// The oldest page of which `isWantedOrBehind` holds, by way of the newest; `nil` if it does
    /// not hold of that.
    ///
    /// The predicate holds for all pages behind the wanted one. Steps get longer as the links do,
    /// then shorter: a logarithmic number of pages is read.
    mutating func oldest(
        where isWantedOrBehind: (IndexPage) -> Bool
    ) async throws -> IndexPage? {
        var page = try await newest()
        guard isWantedOrBehind(page) else { return nil }
        var levelMaximum = Int.max
        while true {
            var next: IndexPage?
            for level in page.links.indices.reversed() where level < levelMaximum {
                let candidate = try await self.page(at: page.links[level])
                if isWantedOrBehind(candidate) {
                    next = candidate
                    break
                }
                levelMaximum = level
            }
            guard let next else { return page }
            page = next
        }
    }

    /// The pages from `page` back, until `visit` says that it has seen enough.
    mutating func walkBack(
        from page: IndexPage,
        _ visit: (IndexPage) -> Bool
    ) async throws {
        var page = page
        if page.isBorrowing { page.entries = [] }
        while visit(page), let link = page.links.first {
            page = try await ownPage(at: link)
        }
    }

    /// Finds all frames the slow way: all records are read, without payloads.
    mutating func scan() async throws {
        var page = IndexPage()
        var records = FrameStreamReader(
            reader,
            pool: pool,
            payloads: .skip,
            until: bounds.tail
        )
        while let item = try await records.next() {
            switch item {
            case .record(let stored):
                page.take(stored.record, stored.place.sequence, at: stored.offset)
            case .missing(let gap): page.takeGap(behind: gap.first - 1)
            case .fault: break
            }
        }
        newestPage = page
        keptPages = [:]
    }
}

extension IndexPage {
    /// Takes the next record into the page.
    fileprivate mutating func take(_ record: Record, _ sequence: UInt64, at offset: UInt64) {
        lastSequence = max(lastSequence, sequence)
        switch record {
        case .frame(let frame):
            entries.append(
                IndexedFrame(
                    offset: StreamOffset(offset),
                    sequence: sequence,
                    flags: frame.header.flags,
                    presentationTime: frame.header.presentationTime?.time
                )
            )
        case .gap: takeGap(behind: sequence)
        case .index(let block): gapCount = max(gapCount, block.totals.gapCount)
        case .sourceBegin, .sourceEnd, .mark: break
        }
    }

    fileprivate mutating func takeGap(behind sequence: UInt64) {
        gaps.append(sequence)
        gapCount += 1
    }
}
