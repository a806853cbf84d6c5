/// What the file system says of a file at a moment: while all of it is the same, nobody has written
/// to the file.
public struct FileIdentity: Hashable, Sendable {
    /// The number of the device.
    public var device: UInt64
    /// The number of the file on its device.
    public var inode: UInt64
    /// The size in bytes.
    public var byteCount: UInt64
    /// When the content was modified, in nanoseconds since 1970 UTC.
    public var modificationTime: Int64
    /// When the file or what is known of it was changed, in nanoseconds since 1970 UTC.
    public var changeTime: Int64

    /// Makes an identity.
    public init(
        device: UInt64,
        inode: UInt64,
        byteCount: UInt64,
        modificationTime: Int64,
        changeTime: Int64
    ) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modificationTime = modificationTime
        self.changeTime = changeTime
    }
}

/// What the file system says of several files at a moment.
public struct FileListIdentity: Hashable, Sendable {
    /// How many files there are.
    public var fileCount: UInt64
    /// A SHA-256 over the names and identities of the files.
    public var digest: [UInt8]

    /// Makes an identity.
    public init(fileCount: UInt64, digest: [UInt8]) {
        self.fileCount = fileCount
        self.digest = digest
    }
}

/// What the file system says of a source at a moment.
public enum SourceIdentity: Hashable, Sendable {
    /// Of one file.
    case file(FileIdentity)
    /// Of several: numbered images, or a playlist and what it names.
    case files(FileListIdentity)
}

/// What decides whether two sources are the same, whatever their names and times.
public struct SourceContent: Hashable, Sendable {
    /// The bytes of all files.
    public var byteCount: UInt64
    /// A SHA-256 over all of them (specification, section 6.6).
    public var digest: [UInt8]

    /// Makes a content.
    public init(byteCount: UInt64, digest: [UInt8]) {
        self.byteCount = byteCount
        self.digest = digest
    }
}
