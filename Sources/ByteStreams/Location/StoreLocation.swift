/// What a person types to name a store: a folder, or a URL whose scheme names the kind of store.
///
/// | text | scheme | hosts | path | query |
/// |---|---|---|---|---|
/// | `a/b`, `file:a/b`, `file://a/b` | `file` | – | `a/b`, byte for byte | – |
/// | `S://h:1,[::1]:2/a/b?k=v` | `S` | `h:1`, `[::1]:2` | `a/b` | `k=v` |
///
/// Of a URL with hosts, `%XX` in the path and in the query stands for a byte (RFC 3986, section
/// 2.1). Secrets have no place in it, for it is shown.
public struct StoreLocation: Hashable, Sendable, CustomStringConvertible {
    /// The scheme of a folder.
    public static let fileScheme = "file"

    /// A server's name or address, and its port.
    public struct Host: Hashable, Sendable, CustomStringConvertible {
        /// A name, or an address; an IPv6 address without its brackets.
        public var name: String
        /// `nil` for the usual one of the scheme.
        public var port: UInt16?

        /// Makes a host.
        public init(name: String, port: UInt16? = nil) {
            self.name = name
            self.port = port
        }

        /// As in a URL.
        public var description: String {
            let shown = name.contains(":") ? "[\(name)]" : name
            return port.map { "\(shown):\($0)" } ?? shown
        }
    }

    /// Which kind of store it is: lower case.
    public var scheme: String
    /// The servers that are asked, in this order; none for a folder.
    public var hosts: [Host] = []
    /// The folder; with hosts, what stands between them and the query, without slashes at its ends.
    public var path: String
    /// What only this kind of store knows.
    public var query: [String: String] = [:]

    /// The store in a folder.
    public init(folder: String) {
        scheme = Self.fileScheme
        path = folder
    }

    /// Reads a folder or a URL.
    ///
    /// - Throws: `invalid` with what is expected.
    public init(_ text: String) throws(StreamError) {
        guard let scheme = Self.scheme(of: text) else {
            self.init(folder: text)
            return
        }
        var rest = text.dropFirst(scheme.count + 1)
        let hasHosts = rest.hasPrefix("//")
        if hasHosts { rest = rest.dropFirst(2) }
        guard scheme != Self.fileScheme else {
            self.init(folder: String(rest))
            return
        }
        guard hasHosts else {
            throw StreamError(.invalid, "'\(text)' lacks its server; write \(scheme)://HOST/NAME")
        }
        self = try LocationParser(text, scheme: scheme.lowercased()).location(rest)
    }

    /// What stands before the first colon, if that comes before any slash; `nil` for a path.
    public static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
            !text[..<colon].contains("/")
        else { return nil }
        return String(text[..<colon])
    }

    /// Refuses what no query of this store may say.
    ///
    /// - Throws: `invalid`, with the keys there are.
    public func requireQuery(of keys: [String]) throws(StreamError) {
        let strangers = query.keys.filter { !keys.contains($0) }.sorted()
        guard let stranger = strangers.first else { return }
        let known = keys.isEmpty ? "it takes none" : "it takes \(keys.joined(separator: ", "))"
        throw StreamError(.invalid, "\(self) has an option '\(stranger)'; \(known)")
    }

    /// As a person would type it; a folder is its path.
    public var description: String { shown(path) }

    /// The location with another path.
    func shown(_ path: String) -> String {
        guard !hosts.isEmpty else { return path.isEmpty ? "." : path }
        let options = query.keys.sorted().map { "\($0)=\(query[$0] ?? "")" }
        return "\(scheme)://\(hosts.map(\.description).joined(separator: ","))"
            + (path.isEmpty ? "" : "/\(path)")
            + (options.isEmpty ? "" : "?\(options.joined(separator: "&"))")
    }
}
