/// What the text of a playlist names.
struct PlaylistText {
    /// The kinds of playlists that FFmpeg follows to other files.
    private enum Kind {
        case hls
        case concat
        case dash
    }

    /// What it names, in order; in ``anything`` a part of a name that may be anything.
    private(set) var names: [String] = []
    /// Whether all that it names is among the names.
    private(set) var isComplete = true
    /// Whether more may be written at its end.
    private(set) var mayGrow = false

    /// Stands for any characters of a name.
    static let anything: Character = "\0"

    /// Bytes at the start of a file that show whether it is a playlist.
    static let headByteCount = 4096

    /// Whether a file that begins like this is a playlist.
    static func isPlaylist(_ head: [UInt8]) -> Bool {
        // Most files are told by their first byte.
        guard let first = head.first, first == 0xEF || (9..<0x80).contains(first) else {
            return false
        }
        return kind(String(decoding: head, as: UTF8.self)) != nil
    }

    /// Reads a playlist; `nil` if the text is none.
    init?(_ text: String) {
        switch Self.kind(text) {
        case .hls: readHLS(text)
        case .concat: readConcat(text)
        case .dash:
            let manifest = DashManifest(text)
            names = manifest.names
            isComplete = manifest.isComplete
        case nil: return nil
        }
    }

    private static func kind(_ text: String) -> Kind? {
        if text.hasPrefix("#EXTM3U") { return .hls }
        if text.hasPrefix("ffconcat version") { return .concat }
        return text.prefix(headByteCount).contains("<MPD") ? .dash : nil
    }

    /// Lines that are no tags, and `URI="..."` in those that are (RFC 8216).
    private mutating func readHLS(_ text: String) {
        var hasSegments = false
        var hasEnd = false
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("#EXTINF") { hasSegments = true }
            if line.hasPrefix("#EXT-X-ENDLIST") { hasEnd = true }
            if !line.hasPrefix("#") {
                let name = line.trimmed
                if !name.isEmpty { names.append(name) }
            } else if line.hasPrefix("#EXT"), let start = line.firstRange(of: "URI=\"") {
                names.append(String(line[start.upperBound...].prefix { $0 != "\"" }))
            }
        }
        mayGrow = hasSegments && !hasEnd
    }

    /// `file NAME`, with quotes as FFmpeg reads them.
    private mutating func readConcat(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.trimmed
            guard words.hasPrefix("file"), let gap = words.dropFirst(4).first, gap.isWhitespace
            else { continue }
            names.append(Self.unquoted(words.dropFirst(5).drop(while: \.isWhitespace)))
        }
    }

    /// The first word: between single quotes everything is taken as it is, outside of them a
    /// backslash takes the next character as it is.
    private static func unquoted(_ text: Substring) -> String {
        var word = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "'" {
                isQuoted.toggle()
            } else if character == "\\", !isQuoted {
                isEscaped = true
            } else if character.isWhitespace, !isQuoted {
                break
            } else {
                word.append(character)
            }
        }
        return word
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
