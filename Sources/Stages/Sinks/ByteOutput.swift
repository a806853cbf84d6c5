internal import Buffers
internal import FileNames
public import SystemPackage

/// A file descriptor that bytes are written to, whole, in order, blocking.
public struct ByteOutput: Sendable {
    private let descriptor: FileDescriptor
    private let name: String

    /// Takes an open descriptor, which stays the caller's, and its name for messages.
    public init(_ descriptor: FileDescriptor, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Standard output of the process.
    public static let standardOutput = ByteOutput(.standardOutput, name: "standard output")

    /// Standard error of the process.
    public static let standardError = ByteOutput(.standardError, name: "standard error")

    /// Writes all of `bytes`.
    ///
    /// - Throws: `outputClosed` when a pipe has no reader any more, `inputOutput` otherwise.
    public func write(_ bytes: RawSpan) throws(StageError) {
        do {
            _ = try unsafe bytes.withUnsafeBytes { try unsafe descriptor.writeAll($0) }
        } catch Errno.brokenPipe {
            throw StageError(.outputClosed, "nobody reads \(name) any more")
        } catch {
            throw StageError(.inputOutput, "writing to \(name) failed: \(error)")
        }
    }

    /// Writes all of `text`; of names in it, bytes that are no text as `\xNN`.
    public func write(_ text: String) throws(StageError) {
        let bytes = Array(text.shownText.utf8)
        try write(bytes.rawSpan)
    }
}
