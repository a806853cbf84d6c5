internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// The frames between two index records, and the way to those before.
struct IndexPage: Sendable {
    /// A frame, by what the index says about it.
    struct Entry: Sendable {
        var offset: UInt64
        var sequence: UInt64
        var flags: FrameFlags
        var presentationTime: MediaTime?
    }

    /// The frames, oldest first, without those before the head.
    var entries: [Entry]
    /// The number of the last frame up to the end of the page.
    var lastSequence: UInt64
    /// Offsets of index records before it: the page of each ends there. Nearest first.
    var links: [UInt64]
}

/// The index of a stream, page by page from the newest back.
///
/// The newest page is what follows the newest index record. Where the index cannot be used, one
/// page holds all frames, found by reading all records without payloads.
struct IndexPages {
    private let reader: any ByteStreamReader
    private let pool: BufferPool
    private var probe: RecordProbe

    /// Prepares to look at a stream as it is now.
    init(_ reader: any ByteStreamReader, pool: BufferPool) async throws(StreamError) {
        self.reader = reader
        self.pool = pool
        probe = try await RecordProbe(reader, bounds: try await reader.bounds(), pool: pool)
    }

    /// The page behind the newest index record; `nil` if the tail is damaged, or the index is out
    /// of reach.
    mutating func newest() async throws(StreamError) -> IndexPage? {
        let newest: UInt64?
        switch try await probe.newestIndex() {
        case .unknown: return nil
        case .none: newest = nil
        case .at(let offset): newest = offset
        }
        guard newest != nil || probe.head == 0 else { return nil }
        var page = IndexPage(entries: [], lastSequence: 0, links: newest.map { [$0] } ?? [])
        var offset = newest ?? probe.head
        while offset < probe.end {
            guard let outline = try await probe.outline(at: offset) else { return nil }
            page.lastSequence = max(page.lastSequence, outline.prefix.sequence)
            if case .frame(let frame) = outline.record {
                page.entries.append(Self.entry(frame.header, outline.prefix.sequence, at: offset))
            }
            offset = outline.end
        }
        return page
    }

    /// The page that ends with the index record at `offset`; `nil` if that is damaged.
    ///
    /// A page without frames shows those of the page before it, so that there is something to
    /// compare with.
    mutating func page(at offset: UInt64) async throws(StreamError) -> IndexPage? {
        guard let page = try await ownPage(at: offset) else { return nil }
        var filled = page
        var link = page.links.first
        while filled.entries.isEmpty, let offset = link {
            guard let previous = try await ownPage(at: offset) else { return nil }
            filled.entries = previous.entries
            link = previous.links.first
        }
        return filled
    }

    private mutating func ownPage(at offset: UInt64) async throws(StreamError) -> IndexPage? {
        guard let block = try await probe.index(at: offset) else { return nil }
        let entries = block.entries.compactMap { entry -> IndexPage.Entry? in
            guard !entry.isGap, let place = probe.place(entry.distance, before: offset)
            else { return nil }
            return IndexPage.Entry(
                offset: place,
                sequence: entry.sequence,
                flags: entry.flags,
                presentationTime: entry.presentationTime
            )
        }
        return IndexPage(
            entries: entries,
            lastSequence: block.totals.frameCount,
            links: block.links.compactMap { probe.place($0, before: offset) }
        )
    }

    /// The oldest page of which `isWantedOrBehind` holds, by way of `page`, of which it holds.
    ///
    /// The predicate holds for all pages behind the wanted one. Steps get longer as the links do,
    /// then shorter: a logarithmic number of pages is read. `nil` if a damaged record is in the
    /// way.
    mutating func oldest(
        from page: IndexPage,
        where isWantedOrBehind: (IndexPage) -> Bool
    ) async throws(StreamError) -> IndexPage? {
        var page = page
        var levelMaximum = Int.max
        while true {
            var next: IndexPage?
            for level in page.links.indices.reversed() where level < levelMaximum {
                let candidate = try await self.page(at: page.links[level])
                if let candidate, isWantedOrBehind(candidate) {
                    next = candidate
                    break
                }
                if candidate == nil, level == 0 { return nil }
                levelMaximum = level
            }
            guard let next else { return page }
            page = next
        }
    }

    /// All frames, found the slow way.
    func allFrames() async throws -> IndexPage {
        var page = IndexPage(entries: [], lastSequence: 0, links: [])
        var records = FrameStreamReader(reader, pool: pool, payloads: .skip)
        while let item = try await records.next() {
            guard case .record(let stored) = item else { continue }
            page.lastSequence = max(page.lastSequence, stored.place.sequence)
            guard case .frame(let frame) = stored.record else { continue }
            page.entries.append(
                Self.entry(frame.header, stored.place.sequence, at: stored.offset)
            )
        }
        return page
    }

    private static func entry(
        _ header: FrameHeader,
        _ sequence: UInt64,
        at offset: UInt64
    ) -> IndexPage.Entry {
        IndexPage.Entry(
            offset: offset,
            sequence: sequence,
            flags: header.flags,
            presentationTime: header.presentationTime?.time
        )
    }
}
