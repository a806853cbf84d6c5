public import SystemPackage

/// What a person types to name a stream: a path, or a URL whose scheme names the store.
public enum StreamLocation: Hashable, Sendable, CustomStringConvertible {
    /// A stream of a file store: the store's folder and the name in it.
    case file(directory: FilePath, name: StreamName)

    /// Reads a path or `file:PATH`.
    ///
    /// - Throws: `invalid` with what is expected.
    public init(_ text: String) throws(StreamError) {
        var path = text
        if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"),
            colon != text.startIndex
        {
            let scheme = text[..<colon]
            guard scheme == "file" else {
                throw StreamError(
                    .invalid,
                    "there is no store for '\(scheme):'; write a path or file:PATH (./\(text) for a file)"
                )
            }
            path = String(text[text.index(after: colon)...])
            if path.hasPrefix("//") { path.removeFirst(2) }
        }
        var folder = FilePath(path).lexicallyNormalized()
        guard let last = folder.lastComponent, let name = StreamName(last.string) else {
            throw StreamError(
                .invalid,
                "'\(text)' names no stream; the last part of the path is its name, which starts with no dot"
            )
        }
        folder.removeLastComponent()
        self = .file(directory: folder.isEmpty ? "." : folder, name: name)
    }

    /// The path.
    public var description: String {
        switch self {
        case .file(let directory, let name):
            (directory == "." ? FilePath(name.description) : directory.appending(name.description))
                .string
        }
    }

    /// The name in its store.
    public var name: StreamName {
        switch self {
        case .file(_, let name): name
        }
    }
}
