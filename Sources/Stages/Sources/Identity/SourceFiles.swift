internal import Buffers
internal import Digests
internal import FoundationEssentials
public import FrameFormat
internal import SystemPackage

/// One of the files that a source is made of.
struct SourceFile: Sendable {
    /// What it is called where it is named.
    var name: String
    var path: FilePath
    /// What the file system said of it; `nil` if it is not there.
    var identity: FileIdentity?

    init(name: String, path: FilePath) {
        self.name = name
        self.path = path
        identity = FileIdentity(path)
    }
}

/// Which files a source is made of, and what the file system said of them at a moment.
public struct SourceFiles: Sendable {
    let files: [SourceFile]
    private let isList: Bool
    /// Whether all that the source is made of is among the files: a playlist may name what is not
    /// on this machine.
    public let isComplete: Bool
    /// Whether the first file is a playlist whose end is still to come.
    private let mayGrow: Bool

    /// A file, or a playlist and what it names.
    init?(file path: String) {
        let top = SourceFile(
            name: FilePath(path).lastComponent?.string ?? path,
            path: FilePath(path)
        )
        guard top.identity != nil else { return nil }
        let playlist = PlaylistFiles(of: top)
        files = [top] + playlist.files
        isList = playlist.isPlaylist
        isComplete = playlist.isComplete
        mayGrow = playlist.mayGrow
    }

    /// Numbered images.
    init(images paths: [String]) {
        files = paths.map { path in
            SourceFile(name: FilePath(path).lastComponent?.string ?? path, path: FilePath(path))
        }
        isList = true
        isComplete = true
        mayGrow = false
    }

    /// What the file system said.
    public var identity: SourceIdentity {
        if !isList, let identity = files.first?.identity { return .file(identity) }
        var sum = SHA256()
        for file in files {
            var bytes = Self.littleEndian(UInt32(truncatingIfNeeded: file.name.utf8.count))
            bytes += Array(file.name.utf8)
            let identity = file.identity
            bytes += Self.littleEndian(identity?.device ?? 0)
            bytes += Self.littleEndian(identity?.inode ?? 0)
            bytes += Self.littleEndian(identity?.byteCount ?? 0)
            bytes += Self.littleEndian(identity?.modificationTime ?? 0)
            bytes += Self.littleEndian(identity?.changeTime ?? 0)
            sum.update(bytes.rawSpan)
        }
        return .files(FileListIdentity(fileCount: UInt64(files.count), digest: sum.finish()))
    }

    /// What their content is, given the digest of each: see the specification, section 6.6.
    func content(digests: [[UInt8]]) -> SourceContent {
        let byteCount = files.reduce(0) { $0 &+ ($1.identity?.byteCount ?? 0) }
        guard isList else { return SourceContent(byteCount: byteCount, digest: digests[0]) }
        var sum = SHA256()
        let start = Self.littleEndian(UInt64.max) + Self.littleEndian(UInt64(files.count))
        sum.update(start.rawSpan)
        for (file, digest) in zip(files, digests) {
            var bytes = Self.littleEndian(UInt32(truncatingIfNeeded: file.name.utf8.count))
            bytes += Array(file.name.utf8)
            bytes += Self.littleEndian(file.identity?.byteCount ?? .max)
            bytes += digest
            sum.update(bytes.rawSpan)
        }
        return SourceContent(byteCount: byteCount, digest: sum.finish())
    }

    static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

extension SourceFiles {
    /// What became of the files since.
    struct Review {
        /// Which file changed, and how, in words.
        var change: String?
        /// Whether the change was to be expected.
        var isExpected = false
        /// What the file system says, if an equal answer later means that nothing was written.
        var identity: SourceIdentity?
    }

    /// Looks at the files again.
    func review() -> Review {
        let now = FileIdentity.now
        var isSettled = true
        for (index, file) in files.enumerated() {
            let current = FileIdentity(file.path)
            if let words = Self.change(from: file.identity, to: current) {
                return Review(
                    change: index == 0 ? "it \(words)" : "\(file.name), which it names, \(words)",
                    isExpected: index == 0 && mayGrow
                )
            }
            let isSame = file.identity == current && current?.isSettled(at: now) ?? true
            isSettled = isSettled && isSame
        }
        return Review(identity: isSettled ? identity : nil)
    }

    private static func change(from old: FileIdentity?, to new: FileIdentity?) -> String? {
        guard let old else { return new == nil ? nil : "appeared" }
        guard let new else { return "was taken away" }
        guard new.isWritten(since: old) else { return nil }
        if (new.device, new.inode) != (old.device, old.inode) { return "was replaced" }
        if new.byteCount > old.byteCount {
            return "grew from \(old.byteCount) to \(new.byteCount) bytes"
        }
        if new.byteCount < old.byteCount {
            return "was cut from \(old.byteCount) to \(new.byteCount) bytes"
        }
        return "was written to"
    }
}

extension MediaInput {
    /// The files that the input is made of; `nil` for what is no file.
    public func files() -> SourceFiles? {
        switch self {
        case .file(let path): SourceFiles(file: path)
        case .images(_, let paths): SourceFiles(images: paths)
        case .url, .standardInput: nil
        }
    }
}
