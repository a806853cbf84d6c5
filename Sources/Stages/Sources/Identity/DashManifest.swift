/// What the manifest of a DASH presentation names (ISO/IEC 23009-1).
///
/// Templates are joined with every base that there is, which names more than is read: files that
/// are not there count as that.
struct DashManifest {
    private(set) var names: [String] = []
    /// Whether all that it names is among the names.
    private(set) var isComplete = true

    private var bases: [String] = [""]
    private var templates: [String] = []

    /// Bases that are told apart; a manifest with more is not taken for complete.
    private static let baseCountMaximum = 64

    /// The attributes that name files.
    private static let attributes = ["media", "initialization", "index", "sourceURL"]

    init(_ text: String) {
        isComplete = !text.contains("xlink:href")
        read(text)
        if bases.count > Self.baseCountMaximum {
            isComplete = false
            bases = Array(bases.prefix(Self.baseCountMaximum))
        }
        for base in bases {
            if !base.isEmpty, !base.hasSuffix("/") { names.append(base) }
            names += templates.map { Self.join(base, $0) }
        }
    }

    /// Goes from tag to tag, and keeps the base of each element that is open.
    private mutating func read(_ text: String) {
        var open = [""]
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            if rest.hasPrefix("<!--") {
                guard let end = rest.firstRange(of: "-->") else { return }
                rest = rest[end.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { return }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                if open.count > 1 { open.removeLast() }
                continue
            }
            guard let first = tag.first, first.isLetter else { continue }
            readAttributes(of: tag)
            guard !tag.hasSuffix("/") else { continue }
            if tag.prefix(while: { !$0.isWhitespace }) == "BaseURL" {
                let base = Self.plain(rest.prefix { $0 != "<" })
                let joined = Self.join(open[open.count - 1], base)
                open[open.count - 1] = joined
                if !bases.contains(joined) { bases.append(joined) }
            }
            open.append(open[open.count - 1])
        }
    }

    private mutating func readAttributes(of tag: Substring) {
        for attribute in Self.attributes {
            for quote in ["\"", "'"] {
                guard let start = tag.firstRange(of: " \(attribute)=\(quote)") else { continue }
                let value = tag[start.upperBound...].prefix { String($0) != quote }
                let template = Self.pattern(Self.plain(value))
                if !templates.contains(template) { templates.append(template) }
            }
        }
    }

    /// `$Number%05d$` and the like become anything, `$$` a dollar.
    private static func pattern(_ template: String) -> String {
        var pattern = ""
        for (index, part) in template.split(separator: "$", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index % 2 == 0 {
                pattern += part
            } else {
                pattern += part.isEmpty ? "$" : String(PlaylistText.anything)
            }
        }
        return pattern
    }

    /// Resolves a reference against a base, both of which may be paths or URLs.
    private static func join(_ base: String, _ reference: String) -> String {
        if reference.hasPrefix("/") || PlaylistFiles.scheme(of: reference) != nil {
            return reference
        }
        guard let slash = base.lastIndex(of: "/") else { return reference }
        return base[...slash] + reference
    }

    private static func plain(_ text: Substring) -> String {
        var plain = String(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
        ] {
            plain = plain.replacing(entity, with: character)
        }
        return plain
    }
}
