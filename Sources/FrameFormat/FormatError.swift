/// Every way in which bytes can violate the specification, or values can exceed its limits.
public enum FormatError: Error, Hashable, Sendable {
    /// No record starts here.
    case noSyncWord
}
