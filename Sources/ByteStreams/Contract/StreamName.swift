internal import FileNames

/// The name of a stream in its store.
public struct StreamName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The longest name in bytes: what file systems take for one component.
    public static let byteCountMaximum = 200

    /// The name as given.
    public let description: String

    /// Takes a name (`String(fileName:)`): 1 to 200 bytes without `/`, control characters or a
    /// leading dot.
    ///
    /// - Returns: `nil` for anything else.
    public init?(_ name: String) {
        guard (1...Self.byteCountMaximum).contains(name.fileNameBytes.count), !name.hasPrefix("."),
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") })
        else { return nil }
        description = name
    }

    /// Takes a name that a program has as text.
    ///
    /// - Throws: `invalid` for what is no name (``init(_:)``).
    public init(checking name: String) throws(StreamError) {
        guard let name = StreamName(name) else {
            throw StreamError(
                .invalid,
                "'\(name)' is no name of a stream: 1 to 200 bytes without a slash"
            )
        }
        self = name
    }

    /// Orders names by their bytes.
    public static func < (left: StreamName, right: StreamName) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
