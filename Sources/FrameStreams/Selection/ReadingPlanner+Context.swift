internal import FrameFormat

/// Where decoding can start in streams that do not say what a decoder has to be told there.
extension ReadingPlanner {
    /// The keyframe at or before `key` that a decoder can start at and know what those before it
    /// told; `nil` if that is the first of the source at most.
    ///
    /// Streams of 0.1.0 have a palette or new extra data only with the packet that brought them.
    mutating func startable(_ key: IndexedFrame, _ frame: Frame) async throws -> IndexedFrame? {
        let header = frame.header
        guard header.codec != .raw, header.decoderContext == nil else { return key }
        let range = try await locator.sourceRanges().first { $0.contains(key.sequence) }
        guard let first = try await locator.frame(atOrAfter: range?.lowerBound ?? 1) else {
            return nil
        }
        var newest: [String: UInt64] = [:]
        var records = FrameStreamReader(
            reader,
            pool: pool,
            from: .record(first.offset, after: first.sequence - 1),
            payloads: .skip,
            until: try await end(behind: key.sequence)
        )
        while let item = try await records.next() {
            guard case .record(let stored) = item, case .frame(let frame) = stored.record else {
                continue
            }
            for piece in frame.sideData
            where piece.origin == .packet && DecoderContext.lastingKinds.contains(piece.kind) {
                newest[piece.kind] = frame.header.sequence
            }
        }
        guard let last = newest.values.max() else { return key }
        // A packet that brings everything is as good as the first.
        if newest.values.allSatisfy({ $0 == key.sequence }) { return key }
        guard newest.count == 1 else { return nil }
        return try await locator.keyframe(atOrBefore: last)
    }
}
