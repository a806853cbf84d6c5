public import FrameFormat

/// What is known so far of a source that a stream may have already.
public struct SourceQuery: Hashable, Sendable {
    /// What decides which frames come out: a source that was stored with another one is another.
    public var selection: String
    /// What the file system says of it; `nil` for what is no file.
    public var identity: SourceIdentity?
    /// What tells it from most others, once that was read.
    public var fingerprint: SourceFingerprint?
    /// What its files hold, once that was read.
    public var content: SourceContent?

    /// Asks for a source.
    public init(
        selection: String,
        identity: SourceIdentity? = nil,
        fingerprint: SourceFingerprint? = nil,
        content: SourceContent? = nil
    ) {
        self.selection = selection
        self.identity = identity
        self.fingerprint = fingerprint
        self.content = content
    }
}

/// In what an ended source answers a query. What decides asks for no more than the newest source
/// of each kind.
enum SourceMatch: CaseIterable {
    /// Its files are the same, and nobody has written to them since.
    case identity
    /// It begins and ends alike, and its content is known.
    case knownContent
    /// It begins and ends alike, and its content is the same.
    case content
    /// It begins and ends alike, and the stream knows no more of it.
    case endsAlone

    /// Whether a source may answer, as far as tags tell.
    func isPossible(_ source: SourceTags, for query: SourceTags) -> Bool {
        switch self {
        case .identity:
            return query.identity != 0 && source.identity == query.identity
        case .content:
            return query.content != 0 && source.content == query.content
                && source.fingerprint == query.fingerprint
        case .knownContent, .endsAlone:
            return query.fingerprint != 0 && source.fingerprint == query.fingerprint
                && (source.content != 0) == (self == .knownContent)
        }
    }

    /// Whether a source does answer.
    func holds(_ source: EndedSource, for query: SourceQuery) -> Bool {
        guard source.begin.selection == query.selection else { return false }
        if self == .identity { return source.end.identity == query.identity }
        guard source.begin.fingerprint == query.fingerprint else { return false }
        return switch self {
        case .identity: false
        case .knownContent: source.end.content != nil
        case .content: source.end.content == query.content
        case .endsAlone: source.knowsEndsAlone
        }
    }
}

extension EndedSource {
    /// Whether nothing was noted of it but its first and last bytes, as version 0.1.0 did.
    var knowsEndsAlone: Bool { begin.identity == nil && end.content == nil }
}
