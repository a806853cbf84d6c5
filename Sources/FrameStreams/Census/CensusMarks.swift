public import FrameFormat

/// A census with its place in a stream.
public struct PlacedCensus: Hashable, Sendable {
    /// The number of the source's first packet in the stream.
    public var firstSequence: UInt64
    /// Pictures of the sources before, as they are numbered in the stream; `nil` if that is not
    /// known.
    public var picturesBefore: UInt64?
    /// The census.
    public var census: Census

    /// Places a census.
    public init(firstSequence: UInt64, picturesBefore: UInt64?, census: Census) {
        self.firstSequence = firstSequence
        self.picturesBefore = picturesBefore
        self.census = census
    }
}

/// Censuses as marks of a stream: the text in parts, each with its place in front.
public enum CensusMarks {
    /// The key of the marks.
    public static let key = "census"
    /// Bytes of the text in one mark.
    static let partByteCount = 16_000
    /// Parts of a census at most.
    static let partCountMaximum = 1024
    private static let version = "1"

    /// The marks of a census, in order; `nil` if it has too many parts.
    public static func marks(of placed: PlacedCensus) -> [Mark]? {
        let text = Array(placed.census.text.utf8)
        let partCount = max(1, (text.count + partByteCount - 1) / partByteCount)
        guard partCount <= partCountMaximum else { return nil }
        let before = placed.picturesBefore.map { "\($0)" } ?? "-"
        return (0..<partCount).map { part in
            let bytes = text[part * partByteCount..<min(text.count, (part + 1) * partByteCount)]
            let place = "\(version) \(placed.firstSequence) \(before) \(part + 1)/\(partCount) "
            return Mark(key: key, value: place + String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The censuses that marks hold, in the order of the stream. What is not whole or not in order
    /// is no census.
    public static func censuses(in marks: [Mark]) -> [PlacedCensus] {
        var found: [PlacedCensus] = []
        var open: (part: Part, text: String)?
        for mark in marks where mark.key == key {
            guard let part = Part(mark.value) else {
                open = nil
                continue
            }
            if part.number == 1 {
                open = (part, part.text)
            } else if let begun = open, part.follows(begun.part) {
                open = (part, begun.text + part.text)
            } else {
                open = nil
            }
            guard let whole = open, part.number == part.count else { continue }
            open = nil
            guard let census = Census(text: whole.text) else { continue }
            found.append(
                PlacedCensus(
                    firstSequence: part.firstSequence,
                    picturesBefore: part.picturesBefore,
                    census: census
                )
            )
        }
        return found
    }

    /// What one mark holds.
    private struct Part {
        var firstSequence: UInt64
        var picturesBefore: UInt64?
        var number: Int
        var count: Int
        var text: String

        init?(_ value: String) {
            let words = value.split(
                separator: " ",
                maxSplits: 4,
                omittingEmptySubsequences: false
            )
            guard words.count == 5, words[0] == version,
                let first = Census.number(words[1]), first > 0,
                words[2] == "-" || Census.number(words[2]) != nil
            else { return nil }
            let places = words[3].split(separator: "/", omittingEmptySubsequences: false)
            guard places.count == 2, let number = Census.number(places[0]),
                let count = Census.number(places[1]), count <= partCountMaximum,
                number >= 1, number <= count
            else { return nil }
            firstSequence = first
            picturesBefore = Census.number(words[2])
            self.number = Int(number)
            self.count = Int(count)
            text = String(words[4])
        }

        func follows(_ other: Part) -> Bool {
            firstSequence == other.firstSequence && picturesBefore == other.picturesBefore
                && count == other.count && number == other.number + 1
        }
    }
}
