internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// Makes the files of new segments: anew, or out of files that retention freed, whose space the
/// disk need not find again.
struct SegmentShelf {
    /// Freed files that are kept.
    static let fileNames = ["SPARE.0", "SPARE.1"]

    let folder: FilePath
    let access: FileAccess
    let usesDirectIO: Bool

    /// A file for the segment with this header, which is written and durable under its name.
    ///
    /// - Returns: The file, and the bytes for which it has space.
    func makeFile(
        _ header: SegmentHeader
    ) throws(StreamError) -> (file: any OpenFile, reservedByteCount: Int) {
        let path = folder.appending(SegmentFile.name(base: header.base))
        if let spare = try reuse(header, as: path) { return spare }
        do throws(Errno) {
            let file = try create(path)
            do throws(Errno) {
                try write(header, to: file)
            } catch {
                // Half a segment must not stand in the way of the next attempt.
                try? access.environment.files.remove(path, .file)  // The first error counts.
                throw error
            }
            try access.environment.files.syncFolder(folder)
            return (file, SegmentHeader.byteCount)
        } catch {
            throw FileAccess.failure(error, "creating \(path)")
        }
    }

    /// Opens around the page cache where the file system can, and through it elsewhere.
    private func create(_ path: FilePath) throws(Errno) -> any OpenFile {
        if usesDirectIO {
            var mode = FileOpening.create
            mode.isDirect = true
            do {
                return try access.environment.files.open(path, mode)
            } catch {
                guard error == .invalidArgument else { throw error }
                // Linux may have created the file before it refused the flag.
                try? access.environment.files.remove(path, .file)  // Or it may not.
            }
        }
        return try access.environment.files.open(path, .create)
    }

    private func write(_ header: SegmentHeader, to file: any OpenFile) throws(Errno) {
        let block = header.block(from: access.pool)
        var vector = WriteVector(Array(repeating: block, count: SegmentHeader.copyCount))
        try FileAccess.write(&vector, to: file, at: 0)
        try file.sync(forgetsCache: false)
    }

    /// The old contents stay behind the new header: no entry in them has its salt.
    private func reuse(
        _ header: SegmentHeader,
        as path: FilePath
    ) throws(StreamError) -> (file: any OpenFile, reservedByteCount: Int)? {
        for name in Self.fileNames {
            let spare = folder.appending(name)
            var mode = FileOpening.update
            mode.isDirect = usesDirectIO
            do {
                let file = try access.environment.files.open(spare, mode)
                try write(header, to: file)
                let byteCount = try file.byteCount()
                try access.environment.files.rename(spare, to: path, .file)
                try access.environment.files.syncFolder(folder)
                return (file, byteCount)
            } catch {
                if error == .noSuchFileOrDirectory { continue }
                guard error != .fileExists else {
                    throw FileAccess.failure(error, "renaming \(spare) to \(path)")
                }
                // It is only a spare one.
                try access.remove(spare)
            }
        }
        return nil
    }

    /// Takes a file that is no segment any more, or removes it where there are enough.
    func put(_ path: FilePath, keeps: Bool) throws(StreamError) {
        if keeps {
            for name in Self.fileNames {
                do {
                    try access.environment.files.rename(path, to: folder.appending(name), .file)
                    return
                } catch {
                    guard error == .fileExists else { break }
                }
            }
        }
        try access.remove(path)
    }
}
