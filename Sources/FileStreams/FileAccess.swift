internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// The store's way to its files: whole operations, with errors that name the file.
struct FileAccess: Sendable {
    /// Bytes that are read at a time when they are summed: what the processor still holds when it
    /// sums them.
    private static let summedByteCount = 256 << 10

    let environment: StoreEnvironment
    let pool: BufferPool

    /// Time as the store sees it.
    var now: Duration { environment.clock.now() }

    /// Opens a file.
    func open(_ path: FilePath, _ mode: FileOpening) throws(StreamError) -> any OpenFile {
        do {
            return try environment.files.open(path, mode)
        } catch {
            throw Self.failure(error, "opening \(path)")
        }
    }

    /// Reads one block; `nil` when the file or the block is not there.
    func block(_ path: FilePath, at offset: Int) throws(StreamError) -> Buffer? {
        let file: any OpenFile
        do {
            file = try environment.files.open(path, .read)
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            throw Self.failure(error, "opening \(path)")
        }
        let block = try read(file, path, at: offset, byteCount: CheckedBlock.byteCount)
        return block.byteCount == CheckedBlock.byteCount ? block : nil
    }

    /// Reads up to `byteCount` bytes; fewer only at the end of the file.
    func read(
        _ file: any OpenFile,
        _ path: FilePath,
        at offset: Int,
        byteCount: Int
    ) throws(StreamError) -> Buffer {
        var buffer = pool.makeBuffer(byteCount: byteCount)
        let count = try Self.fill(&buffer, 0..<byteCount, file, path, at: offset)
        buffer.shrink(to: count)
        return buffer.freeze()
    }

    /// Reads up to `byteCount` bytes, and sums the first `summedCount` of them on the way.
    func readSumming(
        _ file: any OpenFile,
        _ path: FilePath,
        at offset: Int,
        byteCount: Int,
        summedCount: Int
    ) throws(StreamError) -> (bytes: Buffer, checksum: CRC32C) {
        var buffer = pool.makeBuffer(byteCount: byteCount)
        var checksum = CRC32C()
        var done = 0
        while done < byteCount {
            let end = min(done + Self.summedByteCount, byteCount)
            let count = try Self.fill(&buffer, done..<end, file, path, at: offset + done)
            let summed = min(done + count, summedCount)
            if summed > done {
                checksum = checksum.appending(buffer.bytes.extracting(done..<summed))
            }
            done += count
            if done < end { break }
        }
        buffer.shrink(to: done)
        return (buffer.freeze(), checksum)
    }

    private static func fill(
        _ buffer: inout MutableBuffer,
        _ range: Range<Int>,
        _ file: any OpenFile,
        _ path: FilePath,
        at offset: Int
    ) throws(StreamError) -> Int {
        var done = range.lowerBound
        while done < range.upperBound {
            let position = offset + done - range.lowerBound
            do {
                let count = try file.read(into: &buffer, done..<range.upperBound, at: position)
                if count == 0 { break }
                done += count
            } catch {
                throw failure(error, "reading \(path) at byte \(position)")
            }
        }
        return done - range.lowerBound
    }

    /// Writes all of a vector, in as many calls as the system wants; what is written when it fails
    /// is taken out of the vector.
    static func write(
        _ vector: inout WriteVector,
        to file: any OpenFile,
        at offset: Int
    ) throws(Errno) {
        var position = offset
        while vector.byteCount > 0 {
            let count = try file.write(vector, at: position)
            // A write that does nothing and says so would be asked for for ever.
            guard count > 0 else { throw .ioError }
            vector.drop(count)
            position += count
        }
    }

    /// Writes a block to a file that is created where it is missing.
    func write(
        _ block: Buffer,
        to path: FilePath,
        at offset: Int,
        isSynced: Bool
    ) throws(StreamError) {
        do {
            let file = try environment.files.open(path, .updateOrCreate)
            var vector = WriteVector([block])
            try Self.write(&vector, to: file, at: offset)
            if isSynced { try file.sync(forgetsCache: false) }
        } catch {
            throw Self.failure(error, "writing \(path)")
        }
    }

    /// Makes the names in a folder durable.
    func syncFolder(_ path: FilePath) throws(StreamError) {
        do {
            try environment.files.syncFolder(path)
        } catch {
            throw Self.failure(error, "syncing the folder \(path)")
        }
    }

    /// Makes the name of a folder durable, which somebody may have made who was killed right after.
    ///
    /// Whoever may not look into the folder above has not made it.
    func syncName(of folder: FilePath) throws(StreamError) {
        do throws(StreamError) {
            try syncFolder(Self.parent(of: folder))
        } catch {
            guard error.code == .denied else { throw error }
        }
    }

    /// The names in a folder, in ascending order; `nil` when there is no such folder.
    func names(in path: FilePath) throws(StreamError) -> [String]? {
        do {
            return try environment.files.names(in: path).sorted()
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw Self.failure(error, "reading the folder \(path)")
        }
    }

    /// What stands at a path; `nil` for nothing.
    func kind(of path: FilePath) throws(StreamError) -> FileKind? {
        do {
            return try environment.files.kind(of: path)
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw Self.failure(error, "looking for \(path)")
        }
    }

    /// Removes a file, if there is one.
    func remove(_ path: FilePath) throws(StreamError) {
        do {
            try environment.files.remove(path, .file)
        } catch {
            if error == .noSuchFileOrDirectory { return }
            throw Self.failure(error, "removing \(path)")
        }
    }

    /// Removes a folder of files, if there is one.
    func removeFolder(_ folder: FilePath) throws(StreamError) {
        guard let names = try names(in: folder) else { return }
        for name in names { try remove(folder.appending(name)) }
        do {
            try environment.files.remove(folder, .folder)
        } catch {
            if error == .noSuchFileOrDirectory { return }
            throw Self.failure(error, "removing \(folder)")
        }
    }

    private static func parent(of path: FilePath) -> FilePath {
        let parent = path.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    /// mkdir -p, durable.
    func makeFolder(_ folder: FilePath) throws(StreamError) {
        let above = Self.parent(of: folder)
        if try kind(of: above) != .folder {
            try makeFolder(above)
        } else {
            try syncName(of: above)
        }
        do {
            try environment.files.makeFolder(folder)
        } catch {
            guard error == .fileExists else {
                throw StreamError(
                    .cannotCreate,
                    "the folder \(folder) cannot be made",
                    cause: error
                )
            }
        }
        try syncFolder(above)
    }

    /// An error for the person who must act.
    static func failure(_ error: Errno, _ attempt: String) -> StreamError {
        let code: StreamError.Code =
            switch error {
            case .noSpace, .diskQuotaExceeded: .full
            case .permissionDenied, .readOnlyFileSystem, .notPermitted: .denied
            case .noSuchFileOrDirectory, .notDirectory: .notFound
            default: .inputOutput
            }
        return StreamError(code, "\(attempt) failed", cause: error)
    }
}
