public import Buffers
public import ByteStreams
internal import FrameFormat

/// Compares the index of a stream with its records, all of which are read without payloads.
///
/// The index is the chain of records that searches go along, from the newest back; what follows the
/// newest needs none.
public struct IndexProof: Hashable, Sendable {
    /// What was found to be wrong first: lower case, no full stop; `nil` if the index lists exactly
    /// the frames and gaps of the stream.
    public private(set) var fault: String?
    /// Index records of the chain.
    public private(set) var indexCount: UInt64 = 0
    /// Frames and gaps that they list.
    public private(set) var entryCount: UInt64 = 0
    /// Frames and gaps that the stream holds, up to the newest index record.
    public private(set) var recordCount: UInt64 = 0
    /// Frames and gaps that are listed and lie where records are damaged.
    public private(set) var lostCount: UInt64 = 0
    /// Places in the stream that hold no sound record.
    public private(set) var damageCount: UInt64 = 0

    /// Compares.
    ///
    /// - Throws: What the store says.
    public static func make(
        _ reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> IndexProof {
        var proof = IndexProof()
        let bounds = try await reader.bounds()
        guard bounds.head < bounds.tail else { return proof }
        var probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        var newest: UInt64?
        switch try await probe.newestIndex() {
        case .unknown: proof.fault = "the tail of the stream is damaged"
        case .none where probe.head > 0: proof.fault = "there is no index record"
        case .none: newest = nil
        case .at(let offset): newest = offset
        }
        var listed = IndexSum()
        if let newest { listed = try await proof.walk(from: newest, &probe) }
        let found = try await proof.scan(reader, pool, until: newest, bounds)
        (proof.entryCount, proof.recordCount) = (listed.count, found.count)
        if listed.count > found.count, proof.damageCount > 0 {
            // The index knows of frames that are damaged: it is the frames that are at fault.
            proof.lostCount = listed.count - found.count
        } else if proof.fault == nil, newest != nil, listed != found {
            proof.fault =
                listed.count == found.count
                ? "the index says something else about a frame than the frame itself"
                : "the index lists \(listed.count) frames and gaps, and there are \(found.count)"
        }
        return proof
    }

    /// Sums up the chain up to the record at `newest`.
    private mutating func walk(
        from newest: UInt64,
        _ probe: inout RecordProbe
    ) async throws -> IndexSum {
        var sum = IndexSum()
        var next: UInt64? = newest
        while let offset = next {
            guard let block = try await probe.index(at: offset) else {
                fault = "the index record at offset \(offset) is damaged"
                return sum
            }
            indexCount += 1
            sum.add(block, at: offset, from: probe.head)
            for (level, link) in block.links.enumerated() {
                guard let place = probe.place(link, before: offset) else { continue }
                let target = try await probe.outline(at: place)
                guard case .index(let linked)? = target?.record,
                    linked.ordinal + (1 << UInt64(level)) == block.ordinal
                else {
                    fault = "a link of the index record at offset \(offset) misses"
                    return sum
                }
            }
            next = block.links.first.flatMap { probe.place($0, before: offset) }
        }
        return sum
    }

    /// Sums up the records in front of the newest index record, or all.
    private mutating func scan(
        _ reader: any ByteStreamReader,
        _ pool: BufferPool,
        until newest: UInt64?,
        _ bounds: StreamBounds
    ) async throws -> IndexSum {
        var sum = IndexSum()
        let end = newest.map { StreamOffset($0) } ?? bounds.tail
        var records = FrameStreamReader(reader, pool: pool, payloads: .skip, until: bounds.tail)
        while let item = try await records.next() {
            switch item {
            case .record(let stored) where stored.offset < end.value:
                sum.add(stored.record, sequence: stored.place.sequence, at: stored.offset)
            case .record, .missing: break
            case .fault(let fault):
                if case .record = fault { damageCount += 1 }
            }
        }
        return sum
    }
}
