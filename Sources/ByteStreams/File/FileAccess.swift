internal import Buffers
internal import CPlatform
internal import Glibc
internal import SystemPackage

/// The few things that the store does with files, with errors that name the file.
enum FileAccess {
    /// Reads one block; `nil` when the file or the block is not there.
    static func block(
        _ path: FilePath,
        at offset: Int,
        pool: BufferPool
    ) throws(StreamError) -> Buffer? {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw failure(error, "opening \(path)")
        }
        defer { close(descriptor) }
        let buffer = try read(
            descriptor,
            path,
            at: offset,
            byteCount: CheckedBlock.byteCount,
            pool: pool
        )
        return buffer.byteCount == CheckedBlock.byteCount ? buffer : nil
    }

    /// Reads up to `byteCount` bytes; fewer only at the end of the file.
    static func read(
        _ descriptor: FileDescriptor,
        _ path: FilePath,
        at offset: Int,
        byteCount: Int,
        pool: BufferPool
    ) throws(StreamError) -> Buffer {
        var buffer = pool.makeBuffer(byteCount: byteCount)
        var done = 0
        do {
            while done < byteCount {
                let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
                    try unsafe descriptor.read(
                        fromAbsoluteOffset: Int64(offset + done),
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
                    )
                }
                if count == 0 { break }
                done += count
            }
        } catch {
            throw failure(error, "reading \(path) at \(offset + done)")
        }
        buffer.shrink(to: done)
        return buffer.freeze()
    }

    /// Writes a buffer to a file that is created where it is missing.
    static func write(
        _ buffer: Buffer,
        to path: FilePath,
        at offset: Int,
        isSynced: Bool
    ) throws(StreamError) {
        do {
            let descriptor = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
            defer { close(descriptor) }
            _ = try unsafe buffer.bytes.withUnsafeBytes {
                try unsafe descriptor.writeAll(toAbsoluteOffset: Int64(offset), $0)
            }
            if isSynced { try sync(descriptor) }
        } catch {
            throw failure(error, "writing \(path)")
        }
    }

    /// fdatasync(2).
    static func sync(_ descriptor: FileDescriptor) throws {
        while fdatasync(descriptor.rawValue) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    /// Makes the names in a folder durable.
    static func syncFolder(_ path: FilePath) throws(StreamError) {
        do {
            let descriptor = try FileDescriptor.open(
                path,
                .readOnly,
                options: [.directory, .closeOnExec]
            )
            defer { close(descriptor) }
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw failure(error, "syncing the folder \(path)")
        }
    }

    /// The names in a folder, in ascending order; `nil` when there is no such folder.
    static func names(in path: FilePath) throws(StreamError) -> [String]? {
        guard let folder = unsafe opendir(path.string) else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw failure(error, "reading the folder \(path)")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether the path is a folder.
    static func isFolder(_ path: FilePath) -> Bool {
        var status = stat()
        return unsafe stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Closes a descriptor whose contents are synced or only read: there is nothing left to fail.
    static func close(_ descriptor: FileDescriptor) {
        try? descriptor.close()  // See above.
    }

    /// An error for the person who must act.
    static func failure(_ error: any Error, _ attempt: String) -> StreamError {
        if let error = error as? StreamError { return error }
        let code: StreamError.Code
        switch error as? Errno {
        case .noSpace?, .diskQuotaExceeded?: code = .full
        case .permissionDenied?, .readOnlyFileSystem?, .notPermitted?: code = .denied
        case .noSuchFileOrDirectory?, .notDirectory?: code = .notFound
        default: code = .inputOutput
        }
        return StreamError(code, "\(attempt) failed", cause: error)
    }
}
