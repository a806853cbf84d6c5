internal import FileNames
package import Glibc
package import SystemPackage

/// What is asked of the system about files by their names. Paths are names in the sense of
/// `String(fileName:)`, so that a name of any bytes is found.
public enum Files {
    /// Whether something is there.
    public static func exists(_ path: String) -> Bool { status(path) != nil }

    /// What fstat(2) says; `nil` where nothing is there.
    package static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path.systemName, &status) == 0 ? status : nil
    }

    /// Whether a folder is there.
    package static func isFolder(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether it may be read.
    package static func isReadable(_ path: String) -> Bool {
        unsafe access(path.systemName, R_OK) == 0
    }

    /// The names in a folder, in any order.
    package static func names(in folder: String) throws(Errno) -> [String] {
        try FolderNames.read(FilePath(folder))
    }

    /// The first bytes of a file, or all; `nil` where there is none that can be read.
    package static func contents(of path: FilePath, atMost byteCountMaximum: Int = .max) -> [UInt8]?
    {
        do {
            let file = try FileDescriptor.open(path.onDisk, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                let size = try Int(file.seek(offset: 0, from: .end))
                var bytes = [UInt8](repeating: 0, count: min(size, byteCountMaximum))
                var count = 0
                while count < bytes.count {
                    let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
                        try unsafe file.read(
                            fromAbsoluteOffset: Int64(count),
                            into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                        )
                    }
                    guard read > 0 else { break }
                    count += read
                }
                return Array(bytes.prefix(count))
            }
        } catch {
            return nil
        }
    }

    /// Makes a folder, and those that it lies in; one that is there stays.
    package static func makeFolders(_ path: FilePath) throws(Errno) {
        if isFolder(path.string) { return }
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { try makeFolders(parent) }
        guard unsafe mkdir(path.string.systemName, 0o777) != 0 else { return }
        let reason = Errno(rawValue: errno)
        // Somebody else may have been faster.
        guard reason == .fileExists, isFolder(path.string) else { throw reason }
    }

    /// Removes a file, or a folder of files; what is not there is no failure.
    package static func remove(_ path: FilePath) {
        guard isFolder(path.string) else {
            _ = unsafe unlink(path.string.systemName)
            return
        }
        // What cannot be listed cannot be removed either.
        for name in (try? names(in: path.string)) ?? [] {
            _ = unsafe unlink(path.appending(name).string.systemName)
        }
        _ = unsafe rmdir(path.string.systemName)
    }

    /// Gives a file another name.
    package static func rename(_ path: FilePath, to new: FilePath) throws(Errno) {
        guard unsafe Glibc.rename(path.string.systemName, new.string.systemName) == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}

extension FilePath {
    /// The bytes that the file system knows the path by.
    package var onDisk: FilePath { FilePath(platformString: string.systemName) }
}
