internal import FoundationEssentials
internal import SystemPackage

/// The files that a playlist names, and those that they name in turn, each once.
struct PlaylistFiles {
    private(set) var files: [SourceFile] = []
    /// Whether the file is a playlist at all.
    private(set) var isPlaylist = false
    /// Whether everything that is named was found among the files of this machine.
    private(set) var isComplete = true
    /// Whether more may be written at the end of the playlist.
    private(set) var mayGrow = false

    private var paths: Set<FilePath> = []

    /// Bytes of a playlist that is read.
    private static let byteCountMaximum = 16 << 20
    /// Files that are told apart.
    private static let fileCountMaximum = 100_000

    init(of top: SourceFile) {
        paths.insert(top.path)
        guard let text = read(top.path) else { return }
        isPlaylist = true
        mayGrow = text.mayGrow
        add(text, in: top.path.removingLastComponent())
        // What they name is found while going along.
        var index = 0
        while index < files.count, isComplete {
            let path = files[index].path
            if files[index].identity != nil, let text = read(path) {
                add(text, in: path.removingLastComponent())
            }
            index += 1
        }
    }

    private mutating func add(_ text: PlaylistText, in folder: FilePath) {
        isComplete = isComplete && text.isComplete
        for name in text.names {
            guard let place = Self.localName(name) else {
                // What lies inside of the name needs no file.
                if Self.scheme(of: name) != "data" { isComplete = false }
                continue
            }
            for path in Self.matches(of: place, in: folder) where !paths.contains(path.path) {
                guard files.count < Self.fileCountMaximum else {
                    isComplete = false
                    return
                }
                paths.insert(path.path)
                let file = SourceFile(name: path.name, path: path.path)
                files.append(file)
                // A pipe or a folder has no content to compare.
                let isThere = Files.exists(path.path.string)
                if file.identity == nil, isThere { isComplete = false }
            }
        }
    }

    /// The playlist at `path`; `nil` if it is none.
    private mutating func read(_ path: FilePath) -> PlaylistText? {
        guard let head = Self.bytes(of: path, atMost: PlaylistText.headByteCount),
            PlaylistText.isPlaylist(head)
        else { return nil }
        guard let bytes = Self.bytes(of: path, atMost: Self.byteCountMaximum),
            bytes.count < Self.byteCountMaximum,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            isComplete = false
            return PlaylistText("#EXTM3U")
        }
        return PlaylistText(text)
    }

    private static func bytes(of path: FilePath, atMost maximum: Int) -> [UInt8]? {
        // A file that cannot be read names nothing; whoever stores it says so.
        guard let file = try? FileDescriptor.open(path.onDisk, .readOnly, options: .closeOnExec)
        else { return nil }
        // The same.
        return try? file.closeAfter {
            var bytes: [UInt8] = []
            while bytes.count < maximum {
                let piece = try SourceReading.bytes(
                    of: file,
                    at: Int64(bytes.count),
                    atMost: min(maximum - bytes.count, 1 << 20)
                )
                if piece.isEmpty { break }
                bytes += piece
            }
            return bytes
        }
    }

    /// The protocol that a name begins with.
    static func scheme(of name: String) -> String? {
        let scheme = name.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
        }
        guard scheme.first?.isLetter ?? false, scheme.endIndex < name.endIndex,
            name[scheme.endIndex] == ":"
        else { return nil }
        return scheme.lowercased()
    }

    /// The path in a name; `nil` if it is no file of this machine.
    private static func localName(_ name: String) -> String? {
        guard let scheme = scheme(of: name) else { return name }
        return scheme == "file" ? String(name.dropFirst(5)) : nil
    }

    /// The path of a name, or the paths that match one with parts that may be anything.
    private static func matches(
        of name: String,
        in folder: FilePath
    ) -> [(name: String, path: FilePath)] {
        guard name.contains(PlaylistText.anything) else {
            return [(name, folder.pushing(FilePath(name)))]
        }
        var found = [(name: name.hasPrefix("/") ? "/" : "", path: folder)]
        if name.hasPrefix("/") { found = [("/", "/")] }
        for part in name.split(separator: "/") {
            found = found.flatMap { place in
                members(of: place.path, like: part).map { member in
                    (
                        place.name.isEmpty || place.name == "/"
                            ? place.name + member : "\(place.name)/\(member)",
                        place.path.pushing(FilePath(member))
                    )
                }
            }
        }
        return found
    }

    private static func members(of folder: FilePath, like pattern: Substring) -> [String] {
        guard pattern.contains(PlaylistText.anything) else { return [String(pattern)] }
        let path = folder.isEmpty ? "." : folder.string
        let names = (try? Files.names(in: path)) ?? []
        // A folder that cannot be read holds nothing that could be read.
        return names.filter { matches($0, pattern) }.sorted()
    }

    private static func matches(_ name: String, _ pattern: Substring) -> Bool {
        let parts = pattern.split(
            separator: PlaylistText.anything,
            omittingEmptySubsequences: false
        )
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else {
            return false
        }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
