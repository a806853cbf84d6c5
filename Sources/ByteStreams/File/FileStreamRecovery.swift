internal import Buffers
internal import Glibc
internal import SystemPackage

/// Opens a stream for writing: takes the lock, and finds the tail that an earlier writer left,
/// however it ended.
///
/// After an unclean end the old segment is completed and never appended to again, so that nothing
/// stale can follow new entries. Running it again, or being interrupted in it, changes nothing in
/// the outcome.
struct FileStreamRecovery {
    let lock: FileStreamLock
    let manifest: StreamManifest
    let tail: StreamOffset
    let log: SegmentLog

    init(
        folder: FilePath,
        name: StreamName,
        pool: BufferPool,
        options: FileStreamStore.Options
    ) throws(StreamError) {
        guard FileAccess.isFolder(folder) else {
            throw StreamError(.notFound, "there is no stream at \(folder)")
        }
        guard try StreamManifest.load(from: folder, pool: pool) != nil else {
            throw StreamError(
                .damaged,
                "\(folder) is no stream, or both of its manifests are damaged"
            )
        }
        let lock = try FileStreamLock(folder: folder, name: name)
        // Read again: the writer that just ended may have changed it.
        guard var manifest = try StreamManifest.load(from: folder, pool: pool) else {
            throw StreamError(.damaged, "both manifests of \(folder) are damaged")
        }
        guard !manifest.isSealed else {
            throw StreamError(.sealed, "stream \(name) is sealed; nothing can be appended to it")
        }
        manifest.epoch += 1
        manifest.generation += 1
        try manifest.save(to: folder, pool: pool)
        var commit = try CommitMark.load(from: folder, pool: pool) ?? CommitMark()
        let tail = max(
            try Self.completeLastSegment(in: folder, durable: commit.durable, pool: pool),
            manifest.head
        )
        // While the lock is held, readers go by the commit mark alone.
        commit.generation += 1
        commit.durable = tail
        commit.isClosed = false
        try commit.save(to: folder, pool: pool)
        self.lock = lock
        self.manifest = manifest
        self.tail = tail
        log = SegmentLog(
            folder: folder,
            epoch: manifest.epoch,
            tail: tail,
            commit: commit,
            pool: pool,
            options: options
        )
    }

    /// - Returns: The offset at which the next segment begins.
    private static func completeLastSegment(
        in folder: FilePath,
        durable: StreamOffset,
        pool: BufferPool
    ) throws(StreamError) -> StreamOffset {
        guard let base = try SegmentFile.bases(in: folder).last else { return durable }
        let segment = try SegmentFile(folder: folder, base: base, pool: pool)
        let end = try SegmentTail(of: segment, durable: durable)
        let tail = max(end.offset, durable)
        // A crash may have come between the seal and the cutting to size: then both are made again.
        let sealedByteCount = end.position + CheckedBlock.byteCount
        if end.isSealed, try segment.byteCount() == sealedByteCount { return tail }
        if tail == base {
            // Nothing was ever acknowledged in it, and the next segment takes its name.
            guard unsafe unlink(segment.path.string) == 0 else {
                throw FileAccess.failure(Errno(rawValue: errno), "removing \(segment.path)")
            }
            try FileAccess.syncFolder(folder)
            return tail
        }
        // Below the watermark nothing is cut off, even if it cannot be read.
        let position =
            tail > end.offset
            ? Buffer.wholePageByteCount(for: try segment.byteCount()) : end.position
        try seal(segment, at: position, tail: tail, pool: pool)
        return tail
    }

    private static func seal(
        _ segment: SegmentFile,
        at position: Int,
        tail: StreamOffset,
        pool: BufferPool
    ) throws(StreamError) {
        guard let header = segment.header else { return }
        let head = EntryHead(
            kind: .seal,
            number: 0,
            offset: tail,
            watermark: tail,
            salt: header.salt,
            epoch: header.epoch,
            pieces: []
        )
        let block = head.block(with: [], from: pool)
        do {
            let descriptor = try FileDescriptor.open(
                segment.path,
                .readWrite,
                options: .closeOnExec
            )
            defer { FileAccess.close(descriptor) }
            // First the entries become durable that were found, then what says that they are all.
            try FileAccess.sync(descriptor)
            try descriptor.resize(to: Int64(position))
            _ = try unsafe block.bytes.withUnsafeBytes {
                try unsafe descriptor.writeAll(toAbsoluteOffset: Int64(position), $0)
            }
            try FileAccess.sync(descriptor)
        } catch {
            throw FileAccess.failure(error, "completing \(segment.path)")
        }
    }
}
