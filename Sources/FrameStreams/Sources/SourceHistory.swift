internal import Buffers
internal import ByteStreams
internal import FrameFormat

/// The sources of a stream, as far back as the stream reaches.
enum SourceHistory {
    /// Finds all sources, oldest first, by a few reads around each border between them. Where one
    /// of those records is damaged, all records are read without payloads.
    static func read(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> [FrameStreamSummary.Source] {
        try await readPlaces(reader, pool: pool).sources
    }

    /// Finds all sources and the offsets of what announces them, oldest first.
    static func readPlaces(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> (sources: [FrameStreamSummary.Source], begins: [UInt64]) {
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return ([], []) }
        var found: [PlacedSource] = []
        do {
            let probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
            var walk = SourceWalk(probe)
            while let sources = try await walk.next() { found += sources.reversed() }
            found.reverse()
        } catch is UnusableIndex {
            found = []
            try await scan(reader, pool: pool) { found.append($0) }
        }
        let sources = found.map {
            FrameStreamSummary.Source(begin: $0.begin, end: $0.end?.record)
        }
        return (sources, found.map(\.beginOffset))
    }

    /// Shows all sources, oldest first, by reading all records without payloads.
    static func scan(
        _ reader: any ByteStreamReader,
        pool: BufferPool,
        _ visit: (PlacedSource) -> Void
    ) async throws {
        var current: PlacedSource?
        var records = FrameStreamReader(reader, pool: pool, payloads: .skip)
        while let item = try await records.next() {
            guard case .record(let stored) = item else { continue }
            if case .sourceBegin(let begin) = stored.record {
                if let current { visit(current) }
                current = PlacedSource(begin: begin, beginOffset: stored.offset)
            } else if case .sourceEnd(let end) = stored.record,
                current?.begin.sourceID == end.sourceID
            {
                current?.end = (end, stored.offset)
            }
        }
        if let current { visit(current) }
    }
}
