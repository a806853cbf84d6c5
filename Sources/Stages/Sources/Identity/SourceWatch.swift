public import FrameFormat
internal import Synchronization

/// Looks after the files of a source while it is stored: hashes them beside, and tells whether they
/// changed.
public final class SourceWatch: Sendable {
    private let files: SourceFiles
    private let hash: ContentHash
    private let known: SourceContent?
    private let found = Mutex<String?>(nil)

    /// Watches `files` from the moment on at which they were looked at.
    ///
    /// `content` is what they hold, if that was found out since.
    public init(_ files: SourceFiles, content: SourceContent? = nil) {
        self.files = files
        hash = ContentHash(files)
        known = content
    }

    /// How the files changed, in words, once that is known; `nil` if they did not, or were to.
    public var change: String? { found.withLock { $0 } }

    /// Hashes the files on this thread, ahead of ``conclude()``; blocks.
    public func workAhead() {
        if known == nil, files.isComplete { hash.work() }
    }

    /// The content of the files, hashed on all cores; blocks.
    ///
    /// - Returns: `nil` if it was stopped, or if the files cannot be read or have changed.
    public func content() -> SourceContent? {
        guard files.isComplete else { return nil }
        return known ?? hash.finish()
    }

    /// Whether ``stop()`` was called.
    public var isStopped: Bool { hash.isStopped }

    /// Ends the hashing soon.
    public func stop() { hash.stop() }

    /// What is known of the source now that all of it was read; blocks, on all cores.
    ///
    /// - Returns: `nil` if it was stopped.
    public func conclude() -> StreamSink.Conclusion? {
        let content = content()
        guard !hash.isStopped else { return nil }
        let review = files.review()
        if let change = review.change, !review.isExpected {
            found.withLock { $0 = change }
        }
        guard review.change == nil, let content else {
            if review.change == nil, files.isComplete {
                found.withLock { $0 = "it could not be read whole" }
            }
            return StreamSink.Conclusion()
        }
        return StreamSink.Conclusion(content: content, identity: review.identity)
    }
}
