/// Why a stage could not do its work, for the person who must act.
public struct StageError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Hashable, Sendable {
        /// There is no such input.
        case noInput
        /// The input has nothing that can be used.
        case badInput
        /// What is asked for cannot be done with this input, and another flag can help.
        case unsuitable
        /// A limit or a permission stands against it.
        case refused
        /// The output cannot be created.
        case cannotCreate
        /// Reading or writing failed.
        case inputOutput
        /// Whoever reads the output has gone away.
        case outputClosed
        /// It takes too long, or somebody else has it.
        case temporary
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
