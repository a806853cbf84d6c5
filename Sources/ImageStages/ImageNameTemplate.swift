internal import FileNames
internal import FoundationEssentials
public import FrameFormat
public import Stages

/// Makes the file name of a frame's image: `{sequence:06}.png`.
///
/// The tokens are `{sequence}` and `{sequence:0W}` (zero-filled to W digits), `{pts}` (presentation
/// time in seconds), `{wall}` (capture time in UTC), `{stream}` (the stream's name) and `{ending}`
/// (of the kind of file, for copies).
public struct ImageNameTemplate: Hashable, Sendable, CustomStringConvertible {
    /// The longest file name in bytes.
    static let nameByteCountMaximum = 200
    /// The most digits that a sequence number is filled to.
    static let widthMaximum = 20

    private enum Part: Hashable {
        case text(String)
        case sequence(width: Int)
        case presentationTime
        case wallClock
        case streamName
        case ending
    }

    /// The template as given.
    public let description: String
    private let parts: [Part]

    /// Reads a template.
    ///
    /// - Throws: `unsuitable` for an unknown token, for a name that could leave the folder, and
    ///   for a template whose names could not differ from frame to frame.
    public init(_ text: String) throws(StageError) {
        description = text
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw StageError(
                    .unsuitable,
                    "the name '\(text)' opens a brace and does not close it"
                )
            }
            parts.append(try Self.part(String(rest[rest.index(after: open)..<close]), in: text))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
        guard !text.contains("/"), !text.contains("\0"), !text.hasPrefix("."), !text.isEmpty else {
            throw StageError(
                .unsuitable,
                "the name '\(text)' must be a plain file name: no '/', and no '.' at its start"
            )
        }
        let varies = parts.contains { part in
            switch part {
            case .sequence, .presentationTime, .wallClock: true
            case .text, .streamName, .ending: false
            }
        }
        guard varies else {
            throw StageError(
                .unsuitable,
                "the name '\(text)' is the same for every frame; put {sequence:06} into it"
            )
        }
    }

    private static func part(_ token: String, in text: String) throws(StageError) -> Part {
        switch token {
        case "sequence": return .sequence(width: 0)
        case "pts": return .presentationTime
        case "wall": return .wallClock
        case "stream": return .streamName
        case "ending": return .ending
        default:
            if token.hasPrefix("sequence:0"), let width = Int(token.dropFirst("sequence:0".count)),
                (1...widthMaximum).contains(width)
            {
                return .sequence(width: width)
            }
            throw StageError(
                .unsuitable,
                """
                the name '\(text)' has the unknown token {\(token)}; \
                there are {sequence}, {sequence:06}, {pts}, {wall}, {stream} and {ending}
                """
            )
        }
    }

    /// The name for a frame whose file has this ending.
    ///
    /// - Throws: `unsuitable` when the frame lacks what the template asks for, or the name gets
    ///   too long.
    public func name(
        for header: FrameHeader,
        stream: String,
        ending: String = ""
    ) throws(StageError) -> String {
        var name = ""
        for part in parts {
            switch part {
            case .text(let text): name += text
            case .sequence(let width):
                name += NumberText.zeroFilled(header.sequence, digitCount: width)
            case .presentationTime: name += try Self.seconds(header)
            case .wallClock: name += try Self.wallClock(header)
            case .streamName: name += stream
            case .ending: name += ending
            }
        }
        guard name.fileNameBytes.count <= Self.nameByteCountMaximum, !name.hasPrefix(".") else {
            throw StageError(
                .unsuitable,
                """
                the name '\(name)' of frame \(header.sequence) is longer than \
                \(Self.nameByteCountMaximum) bytes or starts with a dot; choose another --name
                """
            )
        }
        return name
    }

    /// Microseconds tell the frames of any camera apart.
    private static func seconds(_ header: FrameHeader) throws(StageError) -> String {
        guard let time = header.presentationTime?.time else {
            throw StageError(
                .unsuitable,
                "frame \(header.sequence) has no presentation time for {pts}; use {sequence:06}"
            )
        }
        return NumberText.decimal(time.seconds, fractionDigitCount: 6)
    }

    private static func wallClock(_ header: FrameHeader) throws(StageError) -> String {
        guard let time = header.captureTime else {
            throw StageError(
                .unsuitable,
                "frame \(header.sequence) has no capture time for {wall}; use {sequence:06}"
            )
        }
        let (seconds, nanos) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let whole = nanos < 0 ? seconds - 1 : seconds
        let fraction = nanos < 0 ? nanos + 1_000_000_000 : nanos
        let date = Date(timeIntervalSince1970: TimeInterval(whole))
        let text = date.formatted(
            .iso8601.year().month().day().dateSeparator(.omitted).time(
                includingFractionalSeconds: false
            )
            .timeSeparator(.omitted)
        )
        return "\(text).\(NumberText.zeroFilled(fraction, digitCount: 9))Z"
    }
}
