internal import Buffers
internal import ByteStreams
internal import FrameFormat

extension SourceMemory {
    /// Learns the ended sources of a stream: what marks list, and behind that what the borders
    /// between sources show.
    ///
    /// Where marks are damaged, all sources are looked for in that way; where that meets damage,
    /// all records are read without payloads. Sources that are found so are listed anew.
    ///
    /// - Parameters:
    ///   - digestOffset: The newest mark that lists sources, if one is known.
    ///   - salt: That of the stream.
    static func read(
        _ reader: any ByteStreamReader,
        digestOffset: UInt64?,
        salt: UInt64,
        pool: BufferPool
    ) async throws -> SourceMemory {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return SourceMemory() }
        var probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        if let digestOffset, digestOffset >= probe.head,
            let border = try await SourceDigest.border(at: digestOffset, salt: salt, &probe)
        {
            // From the tail to the head, so that a store goes over its files once.
            let found = try await FoundSources.find(behind: border, probe, reader, pool: pool)
            if let digest = try await SourceDigest.read(from: digestOffset, salt: salt, &probe),
                let memory = SourceMemory(digest, behind: found.rows, stepCount: found.stepCount)
            {
                return memory
            }
        }
        var found = try await FoundSources.find(behind: 0, probe, reader, pool: pool)
        if let memory = SourceMemory(behind: found) { return memory }
        // The way back leads where records are not in order.
        found = try await FoundSources.scan(behind: 0, reader, pool: pool)
        return SourceMemory(behind: found) ?? SourceMemory()
    }

    /// What was found where marks say nothing.
    private init?(behind found: FoundSources) {
        self.init(SourceDigest(), behind: found.rows, stepCount: found.stepCount)
    }
}

/// The sources behind a border.
private struct FoundSources {
    /// The sources that ended behind the border, of which something can be asked.
    var rows: [SourceRow] = []
    /// The announcements that it took to find them.
    var stepCount = 0
    private let border: UInt64

    private init(border: UInt64) {
        self.border = border
    }

    /// Finds them by the borders between sources, or where those are damaged by all records.
    static func find(
        behind border: UInt64,
        _ probe: RecordProbe,
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> FoundSources {
        do {
            var found = FoundSources(border: border)
            try await found.walk(SourceWalk(probe, border: border))
            return found
        } catch is UnusableIndex {
            return try await scan(behind: border, reader, pool: pool)
        }
    }

    /// Finds them by all records. They are to be listed then, so that it need not be done again.
    static func scan(
        behind border: UInt64,
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> FoundSources {
        var found = FoundSources(border: border)
        try await SourceHistory.scan(reader, pool: pool) { found.add($0) }
        found.stepCount = max(found.stepCount, SourceMemory.stepCountMaximum)
        return found
    }

    /// Goes back until a source was announced in front of the border: all before it ended there.
    private mutating func walk(_ walk: SourceWalk) async throws {
        var walk = walk
        var isBehind = true
        while isBehind, let sources = try await walk.next() {
            for source in sources.reversed() {
                add(source)
                isBehind = isBehind && source.beginOffset >= border
            }
        }
        rows.reverse()
    }

    /// Adds a source, if it may have ended behind the border.
    private mutating func add(_ source: PlacedSource) {
        if source.beginOffset >= border { stepCount += 1 }
        guard let end = source.end?.offset, let ended = source.ended, end >= border else { return }
        let tags = SourceTags(ended)
        guard !tags.isEmpty else { return }
        rows.append(SourceRow(tags: tags, begin: source.beginOffset, end: end))
    }
}

extension RecordProbe {
    /// The ended source of a row; `nil` if its records are not there.
    mutating func endedSource(at row: SourceRow) async throws(StreamError) -> EndedSource? {
        guard let first = try await outline(at: row.begin),
            case .sourceBegin(let begin) = first.record,
            let last = try await outline(at: row.end), case .sourceEnd(let end) = last.record,
            begin.sourceID == end.sourceID
        else { return nil }
        return EndedSource(begin: begin, end: end)
    }
}
