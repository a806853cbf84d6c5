/// Why a store could not do what it was asked.
public struct StreamError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case notFound, locked, sealed, truncated, tooLarge, fenced, full, inputOutput
            case unavailable, denied, cannotCreate, damaged, invalid, cancelled, closed
        }

        private let kind: Kind

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// There is no such stream.
        public static let notFound = Code(.notFound)
        /// Another writer has the stream.
        public static let locked = Code(.locked)
        /// The stream takes no more bytes.
        public static let sealed = Code(.sealed)
        /// The offset lies before the head.
        public static let truncated = Code(.truncated)
        /// More bytes or pieces than can be appended as a unit.
        public static let tooLarge = Code(.tooLarge)
        /// A later writer has taken over.
        public static let fenced = Code(.fenced)
        /// There is no room: disk or quota.
        public static let full = Code(.full)
        /// Reading, writing or syncing failed.
        public static let inputOutput = Code(.inputOutput)
        /// The store cannot be reached.
        public static let unavailable = Code(.unavailable)
        /// The store does not permit it.
        public static let denied = Code(.denied)
        /// The stream cannot be made: something else stands in its place, or its parent cannot be
        /// made.
        public static let cannotCreate = Code(.cannotCreate)
        /// What the store keeps about the stream is damaged beyond its own repair.
        public static let damaged = Code(.damaged)
        /// The request makes no sense for this stream.
        public static let invalid = Code(.invalid)
        /// The task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The writer or reader was closed before.
        public static let closed = Code(.closed)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// What was attempted, on what, and what to do: lower case, no full stop.
    public var message: String
    /// What lies behind it.
    public var cause: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the same call may succeed later without anybody doing anything.
    public var isRetriable: Bool {
        code == .locked || code == .unavailable || code == .full
    }

    /// The message, and the cause where there is one.
    public var description: String {
        if let cause { "\(message): \(cause)" } else { message }
    }
}

extension StreamError {
    /// A reader waited at the tail of a stream, and its task was cancelled.
    package static func waitCancelled(_ name: StreamName) -> StreamError {
        StreamError(.cancelled, "waiting for more of stream \(name) was cancelled")
    }
}
