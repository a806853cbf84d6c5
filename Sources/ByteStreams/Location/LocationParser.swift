/// Takes a URL with hosts apart.
struct LocationParser {
    private let text: String
    private let scheme: String

    init(_ text: String, scheme: String) {
        self.text = text
        self.scheme = scheme
    }

    /// - Parameter rest: What stands behind the two slashes.
    func location(_ rest: Substring) throws(StreamError) -> StoreLocation {
        var location = StoreLocation(folder: "")
        location.scheme = scheme
        if rest.contains("#") { throw invalid("holds a '#'; write %23 for one in a name") }
        let (address, query) = Self.split(rest, at: "?")
        let (authority, path) = Self.split(address, at: "/")
        if authority.contains("@") {
            throw invalid("holds a user or a password; name them where nobody sees them")
        }
        location.hosts = try hosts(authority)
        var parts: [String] = []
        for part in (path ?? "").split(separator: "/") { parts.append(try decoded(part)) }
        location.path = parts.joined(separator: "/")
        for option in (query ?? "").split(separator: "&") {
            let (key, value) = Self.split(option, at: "=")
            let name = try decoded(key)
            guard let value, !name.isEmpty, location.query[name] == nil else {
                throw invalid("holds '\(option)', which is no option; write ?NAME=VALUE&NAME=VALUE")
            }
            location.query[name] = try decoded(value)
        }
        return location
    }

    private func hosts(_ authority: Substring) throws(StreamError) -> [StoreLocation.Host] {
        var hosts: [StoreLocation.Host] = []
        for part in authority.split(separator: ",", omittingEmptySubsequences: false) {
            hosts.append(try host(part))
        }
        return hosts
    }

    private func host(_ part: Substring) throws(StreamError) -> StoreLocation.Host {
        var name = part
        var port: Substring?
        if part.hasPrefix("["), let end = part.firstIndex(of: "]") {
            name = part[part.index(after: part.startIndex)..<end]
            let behind = part[part.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else {
                throw invalid("names '\(part)', which is no server")
            }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            (name, port) = Self.split(part, at: ":")
        }
        let isAddress = part.hasPrefix("[")
        guard !name.isEmpty,
            name.utf8.allSatisfy({ Self.isHostByte($0) || isAddress && $0 == UInt8(ascii: ":") })
        else { throw invalid("names '\(part)', which is no server; write HOST or HOST:PORT") }
        guard let port else { return StoreLocation.Host(name: String(name)) }
        guard let number = UInt16(port), number > 0 else {
            throw invalid("has the port '\(port)'; ports go from 1 to 65535")
        }
        return StoreLocation.Host(name: String(name), port: number)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Bytes for `%XX`.
    private func decoded(_ part: Substring) throws(StreamError) -> String {
        guard part.contains("%") else { return String(part) }
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw invalid("holds '%' without two digits; write %25 for one in a name") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw invalid("holds bytes that are no UTF-8")
        }
        return name
    }

    private static func split(
        _ text: Substring,
        at separator: Character
    ) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: separator) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private func invalid(_ reason: String) -> StreamError {
        StreamError(.invalid, "'\(text)' \(reason)")
    }
}
