/// Why a picture cannot be made into an image.
public struct ImageError: Error, Hashable, CustomStringConvertible {
    /// Kinds of failure.
    public enum Code: Hashable, Sendable {
        /// The picture is of a kind that this library does not convert.
        case unsupported
        /// The picture is HDR, and the caller does not want that.
        case highDynamicRange
        /// A library refused, which it should not.
        case failed
    }

    /// The kind.
    public let code: Code
    /// What was tried, on what, and why it failed.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
