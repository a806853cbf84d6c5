import FrameFormat
import FrameStreams
import Testing

/// Sources by number, as a test stores them and asks for them.
enum SourceSamples {
    static let selection = "payload=packets stream=0"

    static func identity(_ number: UInt64) -> SourceIdentity {
        .file(
            FileIdentity(
                device: 1,
                inode: number,
                byteCount: 7,
                modificationTime: 5,
                changeTime: 6
            )
        )
    }

    static func content(_ number: UInt64) -> SourceContent {
        SourceContent(byteCount: 7, digest: Samples.fingerprint(number + 1_000_000).digest)
    }

    /// Stores sources, in openings of so many, each with frames that are small.
    ///
    /// - Parameter asks: Whether each opening asks for a source, as an ingest does.
    static func store(
        _ numbers: ClosedRange<UInt64>,
        in store: PieceStore,
        perOpening: UInt64 = .max,
        frameCount: UInt64 = 0,
        asks: Bool = false
    ) async throws {
        var next = numbers.lowerBound
        while next <= numbers.upperBound {
            let last = min(numbers.upperBound, next + min(perOpening - 1, numbers.upperBound))
            let writer = try await Samples.writer(store)
            if asks { _ = try await ask(next, writer) }
            for number in next...last { try await add(number, frameCount, to: writer) }
            try await writer.close()
            next = last + 1
        }
    }

    static func add(
        _ number: UInt64,
        _ frameCount: UInt64 = 0,
        to writer: FrameStreamWriter
    ) async throws {
        let source = try await begin(number, writer)
        if frameCount > 0 {
            for ordinal in 1...frameCount {
                try await writer.append(try Samples.frame(ordinal, source: source, byteCount: 9))
            }
        }
        try await writer.endSource(content: content(number), identity: identity(number))
    }

    @discardableResult
    static func begin(_ number: UInt64, _ writer: FrameStreamWriter) async throws -> UInt64 {
        try await writer.beginSource(
            name: "clips/\(number).mp4",
            fingerprint: Samples.fingerprint(number),
            selection: selection,
            identity: identity(number)
        )
    }

    /// The names of what answers when a source is asked for by its identity, or, of another
    /// identity, by its content.
    static func ask(
        _ number: UInt64,
        by identity: UInt64? = nil,
        _ writer: FrameStreamWriter
    ) async throws -> [String] {
        var query = SourceQuery(
            selection: selection,
            identity: self.identity(identity ?? number)
        )
        if identity != nil {
            query.fingerprint = Samples.fingerprint(number)
            query.content = content(number)
        }
        return try await writer.endedSources(matching: query).map(\.begin.name)
    }

    /// Which of some numbers are found, in an opening of its own, by identity and by content.
    static func found(
        _ numbers: some Sequence<UInt64>,
        in store: PieceStore
    ) async throws -> [UInt64] {
        let writer = try await Samples.writer(store)
        var found: [UInt64] = []
        for number in numbers {
            let same = try await ask(number, writer)
            #expect(try await ask(number, by: 1 << 40, writer) == same)
            #expect(same.isEmpty || same == ["clips/\(number).mp4"])
            if !same.isEmpty { found.append(number) }
        }
        try await writer.close()
        return found
    }

    /// The marks that list sources, with their offsets.
    static func lists(in store: PieceStore) async throws -> [StoredRecord] {
        try await Samples.items(store, payloads: .skip).stored.filter {
            if case .mark(let mark) = $0.record { mark.key == "ended-sources" } else { false }
        }
    }
}
