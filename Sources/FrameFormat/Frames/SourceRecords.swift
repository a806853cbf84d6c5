/// What tells most sources apart at once. It can show that two differ, and never that they are the
/// same.
public struct SourceFingerprint: Hashable, Sendable {
    /// The size of a file in bytes; 0 for what has none.
    public var byteCount: UInt64
    /// A SHA-256 over size, first and last 64 KiB of a file, or empty where there is no file.
    public var digest: [UInt8]

    /// Makes a fingerprint.
    public init(byteCount: UInt64, digest: [UInt8]) {
        self.byteCount = byteCount
        self.digest = digest
    }
}

/// What a stream has held since its first byte, up to some record.
public struct StreamTotals: Hashable, Sendable {
    /// Frames; equal to the last sequence number.
    public var frameCount: UInt64
    /// Gaps.
    public var gapCount: UInt64
    /// Frames marked corrupt.
    public var corruptFrameCount: UInt64

    /// Makes totals, of nothing by default.
    public init(frameCount: UInt64 = 0, gapCount: UInt64 = 0, corruptFrameCount: UInt64 = 0) {
        self.frameCount = frameCount
        self.gapCount = gapCount
        self.corruptFrameCount = corruptFrameCount
    }
}

/// Announces the frames of a source, which follow.
public struct SourceBegin: Hashable, Sendable {
    /// The number of the source in its stream, from 1.
    public var sourceID: UInt64
    /// Its path or URL, without credentials.
    public var name: String
    /// What it is recognised by.
    public var fingerprint: SourceFingerprint
    /// Everything that decides which frames come out, as one canonical line: payload, stream, size,
    /// pixel format, selection.
    public var selection: String
    /// What the stream held before.
    public var totals: StreamTotals
    /// What the file system said of it at that time; `nil` for what is no file, and in streams of
    /// version 0.1.0.
    public var identity: SourceIdentity?

    /// Makes an announcement.
    public init(
        sourceID: UInt64,
        name: String,
        fingerprint: SourceFingerprint,
        selection: String,
        totals: StreamTotals,
        identity: SourceIdentity? = nil
    ) {
        self.sourceID = sourceID
        self.name = name
        self.fingerprint = fingerprint
        self.selection = selection
        self.totals = totals
        self.identity = identity
    }
}

/// Says that all frames of a source are in the stream.
public struct SourceEnd: Hashable, Sendable {
    /// The source that ended.
    public var sourceID: UInt64
    /// Frames of it that were stored.
    public var frameCount: UInt64
    /// Gaps in it that were stored.
    public var gapCount: UInt64
    /// Frames of it that were stored and are marked corrupt.
    public var corruptFrameCount: UInt64
    /// What its files held; `nil` where they changed while they were read, for what is no file, and
    /// in streams of version 0.1.0.
    public var content: SourceContent?
    /// What the file system said of it when all was read, if that tells it from what may be written
    /// later.
    public var identity: SourceIdentity?

    /// Makes an ending.
    public init(
        sourceID: UInt64,
        frameCount: UInt64,
        gapCount: UInt64,
        corruptFrameCount: UInt64,
        content: SourceContent? = nil,
        identity: SourceIdentity? = nil
    ) {
        self.sourceID = sourceID
        self.frameCount = frameCount
        self.gapCount = gapCount
        self.corruptFrameCount = corruptFrameCount
        self.content = content
        self.identity = identity
    }
}

/// A note that a person or program left in a stream.
public struct Mark: Hashable, Sendable {
    /// What the note is about: 1 to 64 bytes.
    public var key: String
    /// The note: at most 16 KiB.
    public var value: String

    /// Makes a note.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
