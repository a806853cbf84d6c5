/// Why what is selected of a stream cannot be read as it is asked for.
public struct SelectionError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case damaged, partOfGroup
        }

        private let kind: Kind

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// A frame that decides what is read cannot be read itself.
        public static let damaged = Code(.damaged)
        /// The packets are no whole groups of pictures.
        public static let partOfGroup = Code(.partOfGroup)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// What was attempted, on what, why it failed, what to do: one line, lower case, no full stop.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
