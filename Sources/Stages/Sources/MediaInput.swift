internal import FoundationEssentials

/// What a person names as the input of an ingest.
public enum MediaInput: Hashable, Sendable {
    /// A file.
    case file(String)
    /// Anything that one of FFmpeg's protocols reaches.
    case url(String)
    /// Standard input of the process.
    case standardInput
    /// Numbered images in the order of their numbers, shown one after the other at an assumed rate.
    case images(pattern: String, paths: [String])

    /// Reads an argument: `-`, a URL, a path, or the pattern of a numbered sequence
    /// (`frame_%04d.png`).
    ///
    /// - Throws: `noInput` for a pattern that no file matches.
    public init(_ argument: String) throws(StageError) {
        if argument == "-" {
            self = .standardInput
        } else if let scheme = argument.firstRange(of: "://"),
            argument[..<scheme.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" }),
            scheme.lowerBound > argument.startIndex
        {
            self = .url(argument)
        } else if let pattern = NumberedPattern(argument),
            !Files.exists(argument)
        {
            let paths = pattern.matches()
            guard !paths.isEmpty else {
                throw StageError(.noInput, "no file matches the numbered sequence \(argument)")
            }
            self = .images(pattern: argument, paths: paths)
        } else {
            self = .file(argument)
        }
    }

    /// The argument, without the password of a URL.
    public var name: String {
        switch self {
        case .file(let path): path
        case .url(let url): Self.withoutCredentials(url)
        case .standardInput: "-"
        case .images(let pattern, _): pattern
        }
    }

    private static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
    }
}

/// A file name with one `%d` or `%0Nd` in it.
private struct NumberedPattern {
    private let folder: String
    private let prefix: String
    private let suffix: String
    private let width: Int

    init?(_ text: String) {
        let slash = text.lastIndex(of: "/")
        let name = slash.map { text[text.index(after: $0)...] } ?? text[...]
        folder = slash.map { String(text[...$0]) } ?? ""
        guard let percent = name.firstIndex(of: "%") else { return nil }
        let digits = name[name.index(after: percent)...].prefix(while: \.isNumber)
        guard digits.endIndex < name.endIndex, name[digits.endIndex] == "d",
            digits.isEmpty || digits.hasPrefix("0")
        else { return nil }
        prefix = String(name[..<percent])
        suffix = String(name[name.index(after: digits.endIndex)...])
        width = Int(digits) ?? 0
    }

    /// The paths of the files that match, in the order of their numbers.
    func matches() -> [String] {
        let names =
            (try? Files.names(in: folder.isEmpty ? "." : folder)) ?? []
        // A folder that cannot be read has no match; the caller says that none was found.
        return names.compactMap { name -> (UInt64, String)? in
            // By bytes: to text, different names may be the same.
            guard name.utf8.starts(with: prefix.utf8),
                name.utf8.reversed().starts(with: suffix.utf8.reversed()),
                name.utf8.count > prefix.utf8.count + suffix.utf8.count
            else { return nil }
            let digits = name.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = UInt64(String(decoding: digits, as: UTF8.self)),
                digits.count == max(width, String(number).utf8.count)
            else { return nil }
            return (number, folder + name)
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
