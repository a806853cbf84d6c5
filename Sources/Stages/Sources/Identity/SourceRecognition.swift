public import FrameFormat
public import FrameStreams

/// Decides whether a stream has a source already, and what must be read to know it.
///
/// It has no effects: asked again with what it wanted to know, it comes one step further.
public struct SourceRecognition: Sendable {
    /// What is to be done.
    public enum Verdict: Hashable, Sendable {
        /// The source's fingerprint must be known first.
        case readEnds
        /// The source's content must be known first.
        case readContent
        /// The stream has it.
        case leaveOut(EndedSource, Ground)
        /// The stream has a part of it, if the last frame that is stored comes out again.
        case resume(SourceProgress)
        /// It is to be stored from its start.
        case store
    }

    /// Why a source is taken for one that is stored.
    public enum Ground: String, Hashable, Sendable {
        /// Nobody has written to its files since.
        case unchanged
        /// All bytes are the same.
        case content
        /// Size, first and last 64 KiB are the same, and the stream knows no more.
        case ends
    }

    /// What the file system says of the source; `nil` for what is no file.
    public var identity: SourceIdentity?
    /// Whether all its bytes can be read.
    public var isReadable: Bool
    /// Whether only its content shall decide.
    public var checksContent: Bool
    /// What tells it from most others, once that was read.
    public var fingerprint: SourceFingerprint?
    /// What its files hold, once that was read.
    public var content: SourceContent?

    /// Begins with what costs nothing to know.
    public init(identity: SourceIdentity?, isReadable: Bool, checksContent: Bool) {
        self.identity = identity
        self.isReadable = isReadable
        self.checksContent = checksContent
    }

    /// Asks a stream for what it has of the source, as far as that is known.
    public func query(selection: String) -> SourceQuery {
        SourceQuery(
            selection: selection,
            identity: identity,
            fingerprint: fingerprint,
            content: content
        )
    }

    /// What is to be done, as far as it is known.
    ///
    /// - Parameters:
    ///   - ended: The sources that are completely in the stream, stored with the same selection,
    ///     oldest first; no more are needed than answer the query.
    ///   - newest: How far the newest source with the same selection has come.
    public func decide(ended: [EndedSource], newest: SourceProgress?) -> Verdict {
        guard let identity else { return .store }
        if !checksContent, let same = ended.last(where: { $0.end.identity == identity }) {
            return .leaveOut(same, .unchanged)
        }
        guard let fingerprint else { return .readEnds }
        guard !fingerprint.digest.isEmpty else { return .store }
        let alike = ended.filter { $0.begin.fingerprint == fingerprint }
        if isReadable, alike.contains(where: { $0.end.content != nil }) {
            guard let content else { return .readContent }
            if let same = alike.last(where: { $0.end.content == content }) {
                return .leaveOut(same, .content)
            }
        }
        if !checksContent, let same = alike.last(where: \.isOfOldStream) {
            return .leaveOut(same, .ends)
        }
        if let newest, !newest.isEnded, newest.begin.fingerprint == fingerprint {
            return .resume(newest)
        }
        return .store
    }
}

extension EndedSource {
    /// Whether the version that stored it noted nothing but its ends.
    fileprivate var isOfOldStream: Bool { begin.identity == nil && end.content == nil }
}
