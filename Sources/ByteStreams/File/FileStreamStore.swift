public import Buffers
internal import Dispatch
internal import Glibc
public import SystemPackage

/// Keeps each stream in a folder of its own on the local disk: segments, two manifests, a commit
/// mark and a lock.
///
/// What it acknowledges was synced with fdatasync(2). A second writer is refused, in this process
/// and in others; any number of readers follow a writer, here or elsewhere. Blocking calls run off
/// the cooperative pool.
public struct FileStreamStore: StreamStore {
    /// How streams are written.
    public struct Options: Hashable, Sendable {
        /// Whether to write around the page cache where the file system allows it, which is faster
        /// for large frames.
        public var usesDirectIO = true
        /// Bytes of a segment at which the next one is begun.
        public var segmentByteCount = FileStreamLimits.segmentByteCountDefault

        /// The defaults.
        public init() {}
    }

    private let directory: FilePath
    private let pool: BufferPool
    private let options: Options

    /// A store over the streams in `directory`, which need not exist yet.
    public init(directory: FilePath, pool: BufferPool, options: Options = Options()) {
        self.directory = directory
        self.pool = pool
        self.options = options
    }

    private func folder(_ name: StreamName) -> FilePath { directory.appending(name.description) }

    /// Makes sure that a stream exists.
    ///
    /// - Throws: `invalid` for a folder that is not empty and no stream.
    @discardableResult
    public func createStream(_ name: StreamName) async throws(StreamError) -> Bool {
        try await offPool { () throws(StreamError) in try create(name) }
    }

    /// The bounds of a stream.
    public func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds {
        try await offPool { () throws(StreamError) in
            try FileStreamCursor(folder: folder(name), name: name, pool: pool).bounds()
        }
    }

    /// Opens the one writer, and repairs what an interrupted one left behind.
    public func openWriter(for name: StreamName) async throws(StreamError) -> any ByteStreamWriter {
        try await offPool { () throws(StreamError) in try open(name) }
    }

    /// Opens a reader.
    public func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader {
        let cursor = FileStreamCursor(folder: folder(name), name: name, pool: pool)
        let reader = FileStreamReader(name: name, cursor: cursor)
        _ = try await reader.bounds()
        return reader
    }

    /// Gives up the segments that lie wholly before `offset`, and forbids to read before it.
    public func truncateStream(
        _ name: StreamName,
        before offset: StreamOffset
    ) async throws(StreamError) {
        try await offPool { () throws(StreamError) in try truncate(name, before: offset) }
    }

    /// Ends a stream.
    public func sealStream(_ name: StreamName) async throws(StreamError) {
        try await offPool { () throws(StreamError) in
            let bounds = try FileStreamCursor(folder: folder(name), name: name, pool: pool).bounds()
            guard !bounds.isSealed else { return }
            let recovery = try FileStreamRecovery(
                folder: folder(name),
                name: name,
                pool: pool,
                options: options
            )
            try recovery.log.close()
            var manifest = recovery.manifest
            manifest.generation += 1
            manifest.isSealed = true
            try manifest.save(to: folder(name), pool: pool)
        }
    }

    /// Removes a stream: first its name, then its files.
    public func deleteStream(_ name: StreamName) async throws(StreamError) {
        try await offPool { () throws(StreamError) in try delete(name) }
    }

    /// The streams by name.
    public func streamNames() async throws(StreamError) -> [StreamName] {
        try await offPool { () throws(StreamError) in
            guard let names = try FileAccess.names(in: directory) else {
                throw StreamError(.notFound, "there is no folder \(directory)")
            }
            return names.compactMap(StreamName.init).filter(isStream).sorted()
        }
    }

    /// Checks manifests, commit marks, segment headers and seals.
    public func faults(of name: StreamName) async throws(StreamError) -> [StoreFault] {
        try await offPool { () throws(StreamError) in
            try FileStreamInspection(folder: folder(name), name: name, pool: pool).faults()
        }
    }

    private func isStream(_ name: StreamName) -> Bool {
        let folder = folder(name)
        return StreamManifest.fileNames.contains { file in
            unsafe access(folder.appending(file).string, F_OK) == 0
        }
    }

    private func create(_ name: StreamName) throws(StreamError) -> Bool {
        if isStream(name) { return false }
        let folder = folder(name)
        if let others = try FileAccess.names(in: folder), !others.isEmpty {
            throw StreamError(
                .cannotCreate,
                "\(folder) is a folder with other things in it; choose another name"
            )
        }
        if unsafe access(folder.string, F_OK) == 0, !FileAccess.isFolder(folder) {
            throw StreamError(
                .cannotCreate,
                "\(folder) is a file, not a stream; choose another name"
            )
        }
        // Made aside and renamed when complete, so that a stream is whole from its first moment;
        // what a crash leaves aside is written over by the next attempt.
        let aside = directory.appending(".creating-\(name)")
        try makeFolder(aside)
        let lock = try FileStreamLock(folder: aside, name: name)
        defer { withExtendedLifetime(lock) {} }
        var commit = CommitMark()
        commit.isClosed = true
        for _ in 0..<CommitMark.slotCount {
            commit.generation += 1
            try commit.save(to: aside, pool: pool)
        }
        try StreamManifest().save(to: aside, pool: pool)
        try FileAccess.syncFolder(aside)
        guard unsafe rename(aside.string, folder.string) == 0 else {
            let failure = Errno(rawValue: errno)
            try removeFolder(aside)
            // Somebody else may have been faster.
            if isStream(name) { return false }
            throw FileAccess.failure(failure, "making \(folder)")
        }
        try FileAccess.syncFolder(directory)
        return true
    }

    /// mkdir -p, durable.
    private func makeFolder(_ folder: FilePath) throws(StreamError) {
        let parent = folder.removingLastComponent()
        let above: FilePath = parent.isEmpty ? "." : parent
        if !FileAccess.isFolder(above) { try makeFolder(above) }
        if unsafe mkdir(folder.string, 0o755) != 0, errno != EEXIST {
            throw StreamError(
                .cannotCreate,
                "the folder \(folder) cannot be made",
                cause: Errno(rawValue: errno)
            )
        }
        try FileAccess.syncFolder(above)
    }

    private func open(_ name: StreamName) throws(StreamError) -> any ByteStreamWriter {
        let recovery = try FileStreamRecovery(
            folder: folder(name),
            name: name,
            pool: pool,
            options: options
        )
        return FileStreamWriter(
            name: name,
            epoch: recovery.manifest.epoch,
            tail: recovery.tail,
            log: recovery.log,
            lock: recovery.lock
        )
    }

    /// The new head is durable before the first file goes.
    private func truncate(_ name: StreamName, before offset: StreamOffset) throws(StreamError) {
        let folder = folder(name)
        let bounds = try FileStreamCursor(folder: folder, name: name, pool: pool).bounds()
        guard offset <= bounds.tail else {
            throw StreamError(.invalid, "stream \(name) ends at \(bounds.tail), before \(offset)")
        }
        let lock = try FileStreamLock(folder: folder, name: name)
        defer { withExtendedLifetime(lock) {} }
        guard var manifest = try StreamManifest.load(from: folder, pool: pool) else { return }
        guard offset > manifest.head else { return }
        manifest.generation += 1
        manifest.head = offset
        try manifest.save(to: folder, pool: pool)
        let bases = try SegmentFile.bases(in: folder)
        for (base, next) in zip(bases, bases.dropFirst()) where next <= offset {
            let path = folder.appending(SegmentFile.name(base: base))
            guard unsafe unlink(path.string) == 0 else {
                throw FileAccess.failure(Errno(rawValue: errno), "removing \(path)")
            }
        }
        try FileAccess.syncFolder(folder)
    }

    private func delete(_ name: StreamName) throws(StreamError) {
        let folder = folder(name)
        guard isStream(name) else {
            throw StreamError(.notFound, "there is no stream at \(folder)")
        }
        let lock = try FileStreamLock(folder: folder, name: name)
        defer { withExtendedLifetime(lock) {} }
        let aside = directory.appending(".deleted-\(name)")
        // What a crash left of an earlier stream of that name.
        try removeFolder(aside)
        guard unsafe rename(folder.string, aside.string) == 0 else {
            throw FileAccess.failure(Errno(rawValue: errno), "removing \(folder)")
        }
        try FileAccess.syncFolder(directory)
        try removeFolder(aside)
    }

    /// Removes a folder of files, if there is one.
    private func removeFolder(_ folder: FilePath) throws(StreamError) {
        guard let files = try FileAccess.names(in: folder) else { return }
        for file in files { unsafe unlink(folder.appending(file).string) }
        guard unsafe rmdir(folder.string) == 0 else {
            throw FileAccess.failure(Errno(rawValue: errno), "removing \(folder)")
        }
    }

    /// Runs what may block on a thread that may.
    private func offPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StreamError) -> Value
    ) async throws(StreamError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, StreamError>, Never>) in
            DispatchQueue.global().async {
                do throws(StreamError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
