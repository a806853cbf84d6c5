internal import ByteStreams
public import FrameFormat

extension FrameStreamWriter {
    /// Announces a source. What follows belongs to it until the next announcement.
    ///
    /// - Returns: The number of the source in its stream, for the `sourceID` of its frames.
    @discardableResult
    public func beginSource(
        name: String,
        fingerprint: SourceFingerprint,
        selection: String,
        identity: SourceIdentity? = nil
    ) async throws -> UInt64 {
        try await beginSource(
            state.lastSourceID + 1,
            name: name,
            fingerprint: fingerprint,
            selection: selection,
            identity: identity
        )
    }

    /// Announces a source that has a number already, larger than those before it.
    func beginSource(
        _ sourceID: UInt64,
        name: String,
        fingerprint: SourceFingerprint,
        selection: String,
        identity: SourceIdentity?
    ) async throws -> UInt64 {
        precondition(sourceID > state.lastSourceID, "the numbers of sources grow")
        let begin = SourceBegin(
            sourceID: sourceID,
            name: name,
            fingerprint: fingerprint,
            selection: selection,
            totals: state.totals,
            identity: identity
        )
        try await listSourcesIfDue()
        try await append(.sourceBegin(begin), payloadChecksum: nil)
        sources?.begin()
        return begin.sourceID
    }

    /// Says that the newest source is complete. There is one, and it has not ended before.
    ///
    /// - Parameters:
    ///   - content: What its files held, if they were read whole and did not change meanwhile.
    ///   - identity: What the file system said of them then.
    public func endSource(
        content: SourceContent? = nil,
        identity: SourceIdentity? = nil
    ) async throws {
        guard let progress = state.progress, !progress.isEnded else {
            preconditionFailure("a source begins before it ends")
        }
        let end = SourceEnd(
            sourceID: progress.begin.sourceID,
            frameCount: progress.frameCount,
            gapCount: progress.gapCount,
            corruptFrameCount: progress.corruptFrameCount,
            content: content,
            identity: identity
        )
        let offset = tail.value
        try await append(.sourceEnd(end), payloadChecksum: nil)
        if let begin = state.sourceBeginOffset {
            let source = EndedSource(begin: progress.begin, end: end)
            sources?.end(source, begin: begin, end: offset)
        }
    }

    /// The newest frame of the newest source that carries no mark of damage, whose content every
    /// decoding therefore repeats; `nil` if none can be read.
    public func newestSoundFrame() async throws -> Frame? {
        guard let progress = state.progress, var offset = state.newestFrameOffset else {
            return nil
        }
        try await flush()
        let bounds = try await reader.bounds()
        var probe = try await RecordProbe(reader, bounds: bounds, pool: options.pool)
        while let outline = try await probe.outline(at: offset) {
            switch outline.record {
            case .frame(let frame):
                guard frame.header.position.sourceID == progress.begin.sourceID else { return nil }
                if frame.header.flags.isDisjoint(with: [.corrupt, .restsOnDamage]),
                    let whole = try await wholeFrame(at: offset)
                {
                    return whole
                }
            case .sourceBegin: return nil
            case .gap, .index, .sourceEnd, .mark: break
            }
            guard let trailer = try await probe.trailer(endingAt: offset),
                let before = probe.place(trailer.recordByteCount, before: offset)
            else { return nil }
            offset = before
        }
        return nil
    }

    /// The frame at an offset with its payload, if all of it is sound.
    private func wholeFrame(at offset: UInt64) async throws -> Frame? {
        var records = FrameStreamReader(
            reader,
            pool: options.pool,
            from: .offset(StreamOffset(offset))
        )
        guard case .record(let stored)? = try await records.next(), stored.offset == offset,
            case .frame(let frame) = stored.record
        else { return nil }
        return frame
    }
}
