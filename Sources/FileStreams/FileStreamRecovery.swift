internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// Opens a stream for writing: takes the lock, and finds the tail that an earlier writer left,
/// however it ended.
///
/// After an unclean end the old segment is completed and never appended to again, so that nothing
/// stale can follow new entries. Running it again, or being interrupted in it, changes nothing in
/// the outcome.
struct FileStreamRecovery {
    let lock: FileStreamLock
    let epoch: UInt32
    let tail: StreamOffset
    let log: SegmentLog

    init(
        _ place: StreamPlace,
        options: FileStreamStore.Options,
        room: RoomWait
    ) throws(StreamError) {
        let (folder, access) = (place.folder, place.access)
        guard try access.kind(of: folder) == .folder else {
            throw StreamError(.notFound, "there is no stream at \(folder)")
        }
        guard try StreamManifest.load(from: folder, access) != nil else {
            throw StreamError(
                .damaged,
                "\(folder) is no stream, or both of its manifests are damaged"
            )
        }
        lock = try FileStreamLock(writerOf: place.name, in: folder, access)
        // Whoever made the stream may have been killed before its name was durable.
        try access.syncName(of: folder)
        epoch = try Self.raiseEpoch(place)
        var commit = try CommitMark.load(from: folder, access) ?? CommitMark()
        let found = try Self.completeLastSegment(place, durable: commit.durable)
        tail = max(found, try StreamManifest.load(from: folder, access)?.head ?? .zero)
        // While the lock is held, readers go by the commit mark alone. Both slots are synced, for
        // after a power cut an older mark would tell them that the stream was closed there.
        commit.durable = tail
        commit.isClosed = false
        for _ in 0..<CommitMark.slotCount {
            commit.generation += 1
            try room.attempt { () throws(StreamError) in
                try commit.save(to: folder, access, isSynced: true)
            }
        }
        log = SegmentLog(
            place: place,
            epoch: epoch,
            tail: tail,
            commit: commit,
            options: options,
            room: room
        )
    }

    /// Fences every writer before, and only then looks at what there is.
    private static func raiseEpoch(_ place: StreamPlace) throws(StreamError) -> UInt32 {
        let lock = try FileStreamLock(manifestOf: place.name, in: place.folder, place.access)
        defer { withExtendedLifetime(lock) {} }
        guard var manifest = try StreamManifest.load(from: place.folder, place.access) else {
            throw StreamError(.damaged, "both manifests of \(place.folder) are damaged")
        }
        guard !manifest.isSealed else {
            throw StreamError(
                .sealed,
                "stream \(place.name) is sealed; nothing can be appended to it"
            )
        }
        manifest.epoch += 1
        manifest.generation += 1
        try manifest.save(to: place.folder, place.access)
        return manifest.epoch
    }

    /// - Returns: The offset at which the next segment begins.
    private static func completeLastSegment(
        _ place: StreamPlace,
        durable: StreamOffset
    ) throws(StreamError) -> StreamOffset {
        let (folder, access) = (place.folder, place.access)
        guard let base = try SegmentFile.bases(in: folder, access).last else { return durable }
        let path = folder.appending(SegmentFile.name(base: base))
        let file = try access.open(path, .update)
        do {
            // What is found shall be what the disk has: first it becomes durable, then it is read
            // from there and not from memory, which may hold what a failed write left.
            try file.sync(forgetsCache: true)
        } catch {
            throw FileAccess.failure(error, "syncing \(path)")
        }
        let segment = try SegmentFile(folder: folder, base: base, access)
        let end = try SegmentTail(of: segment, durable: durable)
        let tail = max(end.offset, durable)
        // A crash may have come between the seal and the cutting to size: then both are made again.
        let sealedByteCount = end.position + CheckedBlock.byteCount
        if end.isSealed, try segment.byteCount() == sealedByteCount { return tail }
        if tail == base {
            // Nothing was ever acknowledged in it, and the next segment takes its name.
            try access.remove(segment.path)
            try access.syncFolder(folder)
            return tail
        }
        guard let header = segment.header else { return tail }
        // Below the watermark nothing is cut off, even if it cannot be read.
        let position =
            tail > end.offset
            ? Buffer.wholePageByteCount(for: try segment.byteCount()) : end.position
        let seal = EntryHead(
            kind: .seal,
            number: 0,
            offset: tail,
            watermark: tail,
            salt: header.salt,
            epoch: header.epoch,
            pieces: []
        )
        var vector = WriteVector([seal.block(with: [], from: access.pool)])
        do {
            try file.resize(to: position)
            try FileAccess.write(&vector, to: file, at: position)
            try file.sync(forgetsCache: false)
        } catch {
            throw FileAccess.failure(error, "completing \(path)")
        }
        return tail
    }
}
