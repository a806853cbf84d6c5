internal import ByteStreams
internal import FrameFormat

extension FrameStreamWriter {
    /// Of the sources that are completely in the stream, the newest ones that answer a query,
    /// oldest first: that with the same identity, and of those that begin and end alike, that with
    /// the same content, one whose content is known, and one of which nothing but its ends is.
    ///
    /// The first call reads which sources there are: marks in the stream list them, some hundred
    /// to a read, but for the last few. In a stream without such marks it goes over all borders
    /// between sources, and appends them. Each call reads the records of those that may answer.
    public func endedSources(matching query: SourceQuery) async throws -> [EndedSource] {
        let known = try await knownSources()
        let tags = SourceTags(query)
        var open = Set(SourceMatch.allCases)
        var answers: [EndedSource] = []
        var probe: RecordProbe?
        for row in known.rows.reversed() where row.tags.resemble(tags) {
            let possible = open.filter { $0.isPossible(row.tags, for: tags) }
            guard !possible.isEmpty else { continue }
            if probe == nil { probe = try await makeProbe() }
            guard let source = try await probe?.endedSource(at: row) else { continue }
            let held = possible.filter { $0.holds(source, for: query) }
            if !held.isEmpty { answers.append(source) }
            open.subtract(held)
        }
        return answers.reversed()
    }

    /// Sees all that was appended.
    private func makeProbe() async throws -> RecordProbe {
        try await flush()
        return try await RecordProbe(
            reader,
            bounds: try await reader.bounds(),
            pool: options.pool
        )
    }

    /// The ended sources of the stream.
    private func knownSources() async throws -> SourceMemory {
        if let sources { return sources }
        try await flush()
        let found = try await SourceMemory.read(
            reader,
            digestOffset: state.sourceDigestOffset,
            salt: salt,
            pool: options.pool
        )
        sources = found
        try await listSourcesIfDue()
        return found
    }

    /// Appends marks that list ended sources, if enough of them are not listed.
    func listSourcesIfDue() async throws {
        guard var listed = sources, listed.isDue else { return }
        listed.beginListing()
        for _ in 0..<SourceMemory.markCountMaximum {
            let (mark, isLast) = listed.makeMark(at: tail.value, salt: salt)
            try await append(mark)
            if isLast { break }
        }
        sources = listed
    }
}
