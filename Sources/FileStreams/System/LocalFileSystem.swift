internal import Buffers
internal import CPlatform
internal import FileNames
internal import Glibc
package import SystemPackage

/// The files of this computer.
package struct LocalFileSystem: FileSystem {
    private let halvedByteCountMinimum: Int

    /// The files there are.
    ///
    /// - Parameter halvedByteCountMinimum: Bytes from which on a direct write goes in two halves at
    ///   the same time, if not as many as are worth it: tests write less.
    package init(halvedByteCountMinimum: Int? = nil) {
        self.halvedByteCountMinimum =
            halvedByteCountMinimum ?? FileStreamLimits.halvedByteCountMinimum
    }

    /// open(2).
    package func open(_ path: FilePath, _ mode: FileOpening) throws(Errno) -> any OpenFile {
        var flags = O_CLOEXEC | (mode.isWritable ? O_RDWR : O_RDONLY)
        switch mode.creation {
        case .never: break
        case .ifMissing: flags |= O_CREAT
        case .always: flags |= O_CREAT | O_EXCL
        }
        if mode.isDirect { flags |= cplatform_open_direct_flag() }
        let opened = try Self.checked { unsafe Glibc.open(path.string.systemName, flags, 0o644) }
        if mode.isSequential { posix_fadvise(opened, 0, 0, POSIX_FADV_SEQUENTIAL) }
        return LocalFile(
            opened,
            isDirect: mode.isDirect,
            halvedByteCountMinimum: halvedByteCountMinimum
        )
    }

    /// readdir(3).
    package func names(in folder: FilePath) throws(Errno) -> [String] {
        try FolderNames.read(folder)
    }

    /// stat(2).
    package func kind(of path: FilePath) throws(Errno) -> FileKind {
        var status = stat()
        _ = try Self.checked { unsafe stat(path.string.systemName, &status) }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    /// mkdir(2).
    package func makeFolder(_ path: FilePath) throws(Errno) {
        _ = try Self.checked { unsafe mkdir(path.string.systemName, 0o755) }
    }

    /// unlink(2) or rmdir(2).
    package func remove(_ path: FilePath, _ kind: FileKind) throws(Errno) {
        _ = try Self.checked {
            switch kind {
            case .file: unsafe unlink(path.string.systemName)
            case .folder: unsafe rmdir(path.string.systemName)
            }
        }
    }

    /// renameat2(2) or rename(2).
    package func rename(
        _ path: FilePath,
        to new: FilePath,
        _ kind: FileKind
    ) throws(Errno) {
        switch kind {
        case .file:
            let status = unsafe cplatform_rename(path.string.systemName, new.string.systemName)
            guard status == 0 else { throw Errno(rawValue: status) }
        case .folder:
            _ = try Self.checked {
                unsafe Glibc.rename(path.string.systemName, new.string.systemName)
            }
        }
    }

    /// fsync(2).
    package func syncFolder(_ path: FilePath) throws(Errno) {
        let folder = try Self.checked {
            unsafe Glibc.open(path.string.systemName, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        defer { Glibc.close(folder) }
        _ = try Self.checked { fsync(folder) }
    }

    /// statvfs(3).
    package func freeByteCount(of folder: FilePath) -> UInt64? {
        var status = statvfs()
        guard unsafe statvfs(folder.string.systemName, &status) == 0 else { return nil }
        let (count, overflow) = UInt64(status.f_frsize).multipliedReportingOverflow(
            by: UInt64(status.f_bavail)
        )
        return overflow ? nil : count
    }

    /// Calls until no signal comes in between.
    static func checked(_ call: () -> Int32) throws(Errno) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }
}

/// The locks of this computer: those of open file descriptions, which are not lost when another
/// descriptor of the file is closed (fcntl(2), F_OFD_SETLK).
package struct LocalFileLocks: FileLocks {
    /// The ones there are.
    package init() {}

    /// F_OFD_SETLK.
    package func lock(_ file: any OpenFile) throws(Errno) {
        let status = cplatform_lock(Self.descriptor(of: file))
        guard status == 0 else {
            throw status == EACCES ? .resourceTemporarilyUnavailable : Errno(rawValue: status)
        }
    }

    /// F_OFD_GETLK.
    package func isLocked(_ file: any OpenFile) throws(Errno) -> Bool {
        let status = cplatform_is_locked(Self.descriptor(of: file))
        guard status >= 0 else { throw Errno(rawValue: -status) }
        return status == 1
    }

    private static func descriptor(of file: any OpenFile) -> Int32 {
        guard let file = file as? LocalFile else {
            preconditionFailure("the locks of this computer are for its own files")
        }
        return file.descriptor
    }
}
