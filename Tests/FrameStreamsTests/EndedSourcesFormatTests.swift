import FrameFormat
import FrameStreams
import Testing

/// Reads lists of ended sources as the specification describes them, in section 6.7, and with
/// nothing of what writes them.
@Suite("lists of ended sources, as they are specified")
struct EndedSourcesFormatTests {
    private struct Row: Hashable {
        var tags: [UInt64]
        var end: UInt64
        var begin: UInt64
    }

    private struct List {
        var salt: UInt64
        var border: UInt64
        var next: UInt64?
        var rows: [Row]

        init(_ value: String, at offset: UInt64) throws {
            let words = value.split(separator: " ", omittingEmptySubsequences: false)
            try #require(words.count == 5 && words[0] == "1" && words[1].count == 16)
            salt = try #require(UInt64(words[1], radix: 16))
            border = try offset - #require(UInt64(words[2]))
            let link = try #require(UInt64(words[3]))
            next = link > 0 ? offset - link : nil
            rows = []
            var digits = try words[4].map { digit in
                try UInt64(#require(Array(Self.digits).firstIndex(of: digit)))
            }[...]
            var place = offset
            while !digits.isEmpty {
                let tags = (0..<3).map { _ in
                    let tag = digits.prefix(5).reduce(0) { $0 * 64 + $1 }
                    digits = digits.dropFirst(5)
                    return tag
                }
                let end = place - Self.distance(&digits)
                place = end - Self.distance(&digits)
                rows.append(Row(tags: tags, end: end, begin: place))
            }
        }

        private static let digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

        /// One that ends early is 0, which no distance is.
        private static func distance(_ digits: inout ArraySlice<UInt64>) -> UInt64 {
            let digit = digits.popFirst() ?? 0
            return digit < 32 ? digit : digit - 32 + 32 * distance(&digits)
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(number >> (8 * $0) & 255) }
    }

    private static func tag(
        _ kind: UInt8,
        _ selection: String,
        _ numbers: [UInt64],
        _ rest: [UInt8]
    ) -> UInt64 {
        let text = Array(selection.utf8)
        let summed = [kind] + bytes(UInt64(text.count)) + text + numbers.flatMap(bytes) + rest
        let hash = summed.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        return max(1, hash >> 34)
    }

    private static func tags(_ begin: SourceBegin, _ end: SourceEnd) -> [UInt64] {
        let (selection, print) = (begin.selection, begin.fingerprint)
        var tags: [UInt64] = [0, 0, 0]
        switch end.identity {
        case .file(let file):
            let times = [file.modificationTime, file.changeTime].map { UInt64(bitPattern: $0) }
            let numbers = [file.device, file.inode, file.byteCount] + times
            tags[0] = tag(1, selection, numbers, [])
        case .files(let files): tags[0] = tag(2, selection, [files.fileCount], files.digest)
        case nil: break
        }
        guard !print.digest.isEmpty, end.content != nil || begin.identity == nil else {
            return tags
        }
        tags[1] = tag(3, selection, [print.byteCount], print.digest)
        if let content = end.content {
            let rest = print.digest + bytes(content.byteCount) + content.digest
            tags[2] = tag(4, selection, [print.byteCount], rest)
        }
        return tags
    }

    /// Stores sources of all kinds, in several openings; every seventh never ends, and one of each
    /// other kind has nothing to be asked by.
    private static func stream() async throws -> PieceStore {
        let store = PieceStore()
        for opening in 0..<5 as Range<UInt64> {
            let writer = try await Samples.writer(store)
            _ = try await SourceSamples.ask(1, writer)
            for number in opening * 100 + 1...opening * 100 + 100 {
                let files = FileListIdentity(
                    fileCount: number,
                    digest: Array(repeating: 3, count: 32)
                )
                let identity: SourceIdentity? =
                    switch number % 5 {
                    case 0: nil
                    case 1: .files(files)
                    default: SourceSamples.identity(number)
                    }
                let hasContent = identity != nil && number % 3 > 0
                let isFile = number % 4 > 0
                try await writer.beginSource(
                    name: "\(number)",
                    fingerprint: isFile
                        ? Samples.fingerprint(number) : SourceFingerprint(byteCount: 0, digest: []),
                    selection: "selection \(number % 3)",
                    identity: identity
                )
                try await writer.append(try Samples.frame(1, source: number))
                if number % 7 == 0 { continue }
                try await writer.endSource(
                    content: hasContent ? SourceSamples.content(number) : nil,
                    identity: identity
                )
            }
            try await writer.close()
        }
        return store
    }

    @Test("lead to every source that ended in front of their border, with its tags")
    func rows() async throws {
        let store = try await Self.stream()
        let records = try await Samples.items(store).stored
        var begin: (record: SourceBegin, offset: UInt64)?
        var ended: [Row] = []
        var lists: [UInt64: List] = [:]
        for stored in records {
            switch stored.record {
            case .sourceBegin(let record): begin = (record, stored.offset)
            case .sourceEnd(let end):
                let (record, offset) = try #require(begin)
                let tags = Self.tags(record, end)
                guard tags != [0, 0, 0] else { continue }
                ended.append(Row(tags: tags, end: stored.offset, begin: offset))
            case .mark(let mark) where mark.key == "ended-sources":
                let list = try List(mark.value, at: stored.offset)
                #expect(list.salt == 0x5A17)
                var (chain, next) = (list.rows, list.next)
                while let offset = next {
                    let older = try #require(lists[offset])
                    (chain, next) = (chain + older.rows, older.next)
                }
                #expect(Array(chain.reversed()) == ended.filter { $0.end < list.border })
                lists[stored.offset] = list
            case .index(let block):
                let newest = lists.keys.max().map { stored.offset - $0 } ?? 0
                #expect(block.sourceDigestDistance == newest)
            case .frame, .gap, .mark: break
            }
        }
        #expect(lists.count > 20 && ended.count > 300)
        #expect(Set(ended.flatMap(\.tags)).count > 600)
    }
}
