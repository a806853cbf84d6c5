internal import SystemPackage

/// What a person types to name a stream: the store's location, and the name behind its last slash.
public struct StreamLocation: Hashable, Sendable, CustomStringConvertible {
    /// The store that it is in.
    public var store: StoreLocation
    /// The name in its store.
    public var name: StreamName

    /// Joins a store and a name.
    public init(_ name: StreamName, in store: StoreLocation) {
        self.store = store
        self.name = name
    }

    /// Reads a path or a URL (``StoreLocation``).
    ///
    /// - Throws: `invalid` with what is expected.
    public init(_ text: String) throws(StreamError) {
        var store = try StoreLocation(text)
        let found: String?
        if store.hosts.isEmpty {
            var folder = FilePath(store.path).lexicallyNormalized()
            found = folder.lastComponent?.string
            folder.removeLastComponent()
            store.path = folder.isEmpty ? "." : folder.string
        } else {
            let parts = store.path.split(separator: "/")
            found = parts.last.map(String.init)
            store.path = parts.dropLast().joined(separator: "/")
        }
        guard let found, let name = StreamName(found) else {
            throw StreamError(
                .invalid,
                "'\(text)' names no stream; the last part of the path is its name, which starts with no dot"
            )
        }
        self.init(name, in: store)
    }

    /// As a person would type it; of a stream in a folder, its path.
    public var description: String {
        guard store.hosts.isEmpty else {
            return store.shown(store.path.isEmpty ? "\(name)" : "\(store.path)/\(name)")
        }
        return store.path == "."
            ? FilePath(name.description).string
            : FilePath(store.path).appending(name.description).string
    }
}
