package import Buffers
package import SystemPackage

/// What the file store asks of the system about names.
///
/// Each requirement is one system call and nothing else, so that the store's own code runs over a
/// simulated disk in tests. Names are durable only after ``syncFolder(_:)``; a file's bytes after
/// ``OpenFile/sync()``.
package protocol FileSystem: Sendable {
    /// open(2).
    func open(_ path: FilePath, _ mode: FileOpening) throws(Errno) -> any OpenFile

    /// The names in a folder, in any order (readdir(3)).
    func names(in folder: FilePath) throws(Errno) -> [String]

    /// What stands at a path (stat(2)); `noSuchFileOrDirectory` where there is nothing.
    func kind(of path: FilePath) throws(Errno) -> FileKind

    /// mkdir(2).
    func makeFolder(_ path: FilePath) throws(Errno)

    /// Removes a file (unlink(2)) or an empty folder (rmdir(2)).
    func remove(_ path: FilePath, _ kind: FileKind) throws(Errno)

    /// Renames a file, unless the new name is taken (renameat2(2)), or a folder, where the new name
    /// may be that of an empty one (rename(2)).
    func rename(_ path: FilePath, to new: FilePath, _ kind: FileKind) throws(Errno)

    /// fsync(2) of a folder.
    func syncFolder(_ path: FilePath) throws(Errno)

    /// What the disk behind a folder still takes, in bytes (statvfs(3)); `nil` where that is not
    /// known.
    func freeByteCount(of folder: FilePath) -> UInt64?
}

extension FileSystem {
    /// Not known.
    package func freeByteCount(of folder: FilePath) -> UInt64? { nil }
}

/// A file that is open. It is closed when the last reference to it goes.
///
/// Used by one thread at a time. Calls may do less than asked, as the system's do.
package protocol OpenFile: AnyObject, Sendable {
    /// Whether reads and writes go around the page cache.
    var isDirect: Bool { get }

    /// Bytes of the file (fstat(2)).
    func byteCount() throws(Errno) -> Int

    /// pread(2) into a range of a buffer.
    ///
    /// - Returns: How many bytes were read; 0 at the end of the file.
    func read(
        into buffer: inout MutableBuffer,
        _ range: Range<Int>,
        at position: Int
    ) throws(Errno) -> Int

    /// pwritev(2).
    ///
    /// - Returns: How many bytes were written.
    func write(_ vector: WriteVector, at position: Int) throws(Errno) -> Int

    /// fdatasync(2).
    ///
    /// - Parameter forgetsCache: Whether the page cache then lets go of the file, so that the next
    ///   read asks the disk (posix_fadvise(2)).
    func sync(forgetsCache: Bool) throws(Errno)

    /// ftruncate(2).
    func resize(to byteCount: Int) throws(Errno)

    /// Reserves space for a range, and makes the file as large as to hold it (fallocate(2)).
    func reserve(_ range: Range<Int>) throws(Errno)
}

/// Locks of files, which the system lets go when their holder ends, however it ends.
package protocol FileLocks: Sendable {
    /// Takes the write lock of an open file; lets go of it when the file is closed.
    ///
    /// - Throws: `resourceTemporarilyUnavailable` while somebody else has it.
    func lock(_ file: any OpenFile) throws(Errno)

    /// Whether somebody else has the write lock of a file.
    func isLocked(_ file: any OpenFile) throws(Errno) -> Bool
}

/// What stands under a name.
package enum FileKind: Hashable, Sendable {
    /// A file.
    case file
    /// A folder.
    case folder
}

/// How a file is opened.
package struct FileOpening: Hashable, Sendable {
    /// What becomes of a file that is missing.
    package enum Creation: Hashable, Sendable {
        /// It is an error.
        case never
        /// It is made.
        case ifMissing
        /// It is made, and it is an error if it is there.
        case always
    }

    /// Whether the file is written, too.
    package var isWritable = false
    /// What becomes of a file that is missing.
    package var creation = Creation.never
    /// Whether to go around the page cache (O_DIRECT); `invalidArgument` where the file system
    /// cannot, which may leave an empty file behind.
    package var isDirect = false
    /// Whether it will be read from front to back (POSIX_FADV_SEQUENTIAL).
    package var isSequential = false

    /// To be read.
    package static let read = FileOpening()
    /// To be read and written.
    package static let update = FileOpening(isWritable: true)
    /// To be read and written; made if it is missing.
    package static let updateOrCreate = FileOpening(isWritable: true, creation: .ifMissing)
    /// To be made.
    package static let create = FileOpening(isWritable: true, creation: .always)
}
