internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// The files that a writer appends to: everything between an append and its acknowledgement.
///
/// Used by one thread at a time; all calls may block. After an error nothing more is written or
/// acknowledged: what the disk has of a failed write or sync is not known, and a sync that is tried
/// again may succeed although pages were lost ("Can Applications Recover from fsync Failures?",
/// USENIX ATC 2020). The next writer finds out what is there.
final class SegmentLog {
    /// An append on its way.
    struct Append: Sendable {
        var offset: StreamOffset
        var pieces: [StreamPiece]
    }

    private struct Open {
        let file: any OpenFile
        let path: FilePath
        let header: SegmentHeader
        var position = SegmentHeader.byteCount
        var entryCount: UInt64 = 0
        var reservedByteCount: Int
        var nextReservation = FileStreamLimits.reservationByteCountMinimum
    }

    private let place: StreamPlace
    private let epoch: UInt32
    private let options: FileStreamStore.Options
    private let room: RoomWait
    private let shelf: SegmentShelf
    private var schedule: SyncSchedule
    private var open: Open?
    /// Up to where everything is synced.
    private(set) var durable: StreamOffset
    private var written: StreamOffset
    private var commit: CommitMark

    /// A log that goes on at `tail`, where a new segment will begin.
    init(
        place: StreamPlace,
        epoch: UInt32,
        tail: StreamOffset,
        commit: CommitMark,
        options: FileStreamStore.Options,
        room: RoomWait
    ) {
        self.place = place
        self.epoch = epoch
        self.options = options
        self.room = room
        self.commit = commit
        shelf = SegmentShelf(
            folder: place.folder,
            access: place.access,
            usesDirectIO: options.usesDirectIO
        )
        schedule = SyncSchedule(level: options.policy.sync, lastSync: place.access.now)
        durable = tail
        written = tail
    }

    private var access: FileAccess { place.access }

    /// Bytes that are written and not yet synced.
    var unsyncedByteCount: UInt64 { written.value - durable.value }

    /// Up to where a flush says that the stream is kept.
    var acknowledged: StreamOffset {
        schedule.acknowledged(durable: durable, written: written)
    }

    /// How long the caller may sleep before it calls ``syncIfDue()``; `nil` for ever.
    var syncWait: Duration? {
        schedule.wait(unsyncedByteCount: unsyncedByteCount, now: access.now)
    }

    /// Writes appends, and syncs as the level says.
    ///
    /// - Parameter isFlushAsked: Whether somebody waits for an acknowledgement.
    /// - Returns: What is acknowledged now.
    @discardableResult
    func commit(_ appends: [Append], isFlushAsked: Bool) throws(StreamError) -> StreamOffset {
        if case .always = options.policy.sync {
            for append in appends {
                try write([append])
                try sync()
            }
        } else {
            try write(appends)
            try syncIfDue(isFlushAsked: isFlushAsked)
        }
        // What is acknowledged without a sync has not been checked by one.
        if isFlushAsked, acknowledged > durable { try place.requireEpoch(epoch) }
        return acknowledged
    }

    /// Syncs if the time for it has come.
    func syncIfDue(isFlushAsked: Bool = false) throws(StreamError) {
        let isDue = schedule.isDue(
            unsyncedByteCount: unsyncedByteCount,
            isFlushAsked: isFlushAsked,
            now: access.now
        )
        if isDue { try sync() }
    }

    /// Ends the log in good order.
    func close() throws(StreamError) {
        try sealSegment()
        for name in SegmentShelf.fileNames { try access.remove(place.folder.appending(name)) }
        try publish(isClosed: true)
    }

    /// Writes appends behind one another, with as few system calls as their sizes allow.
    private func write(_ appends: [Append]) throws(StreamError) {
        var vector: [Buffer] = []
        var pending = 0
        for append in appends {
            let size = append.pieces.reduce(CheckedBlock.byteCount) {
                $0 + Buffer.wholePageByteCount(for: $1.bytes.byteCount)
            }
            if let position = open?.position,
                position + pending + size > options.segmentByteCount,
                position + pending > SegmentHeader.byteCount
            {
                try write(&vector)
                pending = 0
                try sealSegment()
                try retain()
            }
            if open == nil { try openSegment(at: append.offset) }
            addEntry(append, to: &vector)
            pending += size
            if vector.count >= FileStreamLimits.vectorCountMaximum {
                try write(&vector)
                pending = 0
            }
        }
        try write(&vector)
    }

    private func addEntry(_ append: Append, to vector: inout [Buffer]) {
        guard let segment = open else {
            preconditionFailure("a segment is open when entries are laid out")
        }
        let head = EntryHead(
            kind: .bytes,
            number: segment.entryCount,
            offset: append.offset,
            watermark: durable,
            salt: segment.header.salt,
            epoch: epoch,
            pieces: append.pieces
        )
        vector.append(head.block(with: append.pieces, from: access.pool))
        for (piece, content) in zip(head.pieces, append.pieces) where piece.isExternal {
            // What cannot be written as it lies in memory is copied to where it can.
            let pages =
                content.bytes.wholePages
                ?? access.pool.makeBuffer(copying: content.bytes.bytes).wholePages
            guard let pages else { preconditionFailure("a fresh buffer has whole pages") }
            vector.append(pages)
        }
        open?.entryCount += 1
        written = head.end
    }

    /// One pwritev(2), or more where the system writes less than asked or has no room.
    private func write(_ buffers: inout [Buffer]) throws(StreamError) {
        guard !buffers.isEmpty, let segment = open else { return }
        var vector = WriteVector(buffers)
        let end = segment.position + vector.byteCount
        let byteCount = vector.byteCount
        try reserve(end)
        try room.attempt { () throws(StreamError) in
            do throws(Errno) {
                try FileAccess.write(&vector, to: segment.file, at: end - vector.byteCount)
            } catch {
                throw FileAccess.failure(error, "writing \(byteCount) bytes to \(segment.path)")
            }
        }
        open?.position = end
        buffers.removeAll(keepingCapacity: true)
    }

    /// Reserving in steps keeps the file's size steady, so that a sync need not write it each time.
    private func reserve(_ end: Int) throws(StreamError) {
        guard let segment = open, end > segment.reservedByteCount else { return }
        let step = segment.reservedByteCount + segment.nextReservation
        let target = max(end, min(step, options.segmentByteCount + CheckedBlock.byteCount))
        do {
            try segment.file.reserve(segment.reservedByteCount..<target)
            open?.reservedByteCount = target
            open?.nextReservation = min(
                segment.nextReservation * 2,
                FileStreamLimits.reservationByteCountMaximum
            )
        } catch {
            switch error {
            case .notSupportedOnSocket, .notSupported, .noFunction, .invalidArgument, .noSpace,
                .diskQuotaExceeded, .fileTooLarge:
                // Not needed, only faster; whether there is room shows when the bytes are written.
                break
            default:
                throw FileAccess.failure(error, "reserving space in \(segment.path)")
            }
        }
    }

    /// Makes everything written durable, and says so to readers.
    private func sync() throws(StreamError) {
        guard let segment = open, written > durable else { return }
        try sync(segment)
        try confirm(written)
    }

    private func sync(_ segment: Open) throws(StreamError) {
        do {
            try segment.file.sync(forgetsCache: false)
        } catch {
            // Even for want of space: what was accepted before is lost, and waiting brings nothing
            // back.
            throw StreamError(
                .inputOutput,
                """
                syncing \(segment.path) failed; bytes \(durable) to \(written) may be lost, what \
                was acknowledged before is kept
                """,
                cause: error
            )
        }
    }

    /// Takes bytes as durable that are synced, unless another writer took over: it may have read
    /// the files before they were.
    private func confirm(_ offset: StreamOffset) throws(StreamError) {
        try place.requireEpoch(epoch)
        durable = offset
        schedule.lastSync = access.now
        try publish(isClosed: false)
    }

    /// Ends the open segment for good, in the way in which readers and recovery find it complete.
    private func sealSegment() throws(StreamError) {
        guard let segment = open else { return }
        let head = EntryHead(
            kind: .seal,
            number: segment.entryCount,
            offset: written,
            watermark: durable,
            salt: segment.header.salt,
            epoch: epoch,
            pieces: []
        )
        var vector = [head.block(with: [], from: access.pool)]
        try write(&vector)
        do {
            try segment.file.resize(to: segment.position + CheckedBlock.byteCount)
        } catch {
            throw FileAccess.failure(error, "completing \(segment.path)")
        }
        try sync(segment)
        open = nil
        try confirm(written)
    }

    /// Frees the segments that are not to be kept any longer.
    private func retain() throws(StreamError) {
        guard let byteCount = options.policy.retainedByteCount,
            written.value > UInt64(byteCount)
        else {
            return
        }
        let wanted = StreamOffset(written.value - UInt64(byteCount))
        let bases = try SegmentFile.bases(in: place.folder, access)
        guard let head = bases.last(where: { $0 <= wanted }), head > bases[0] else { return }
        try HeadTruncation(place: place, keepsSpares: true).run(before: head)
    }

    private func publish(isClosed: Bool) throws(StreamError) {
        commit.generation += 1
        commit.durable = durable
        commit.isClosed = isClosed
        try saveMark()
        if isClosed {
            // Both slots then say the same, so that damage to either one is harmless. They are made
            // durable, for there may be no later writer to mend a slot that a power cut tore.
            commit.generation += 1
            try saveMark(isSynced: true)
        }
    }

    private func saveMark(isSynced: Bool = false) throws(StreamError) {
        try room.attempt { () throws(StreamError) in
            try commit.save(to: place.folder, access, isSynced: isSynced)
        }
    }

    /// Makes the file, and makes file and name durable before anything refers to them.
    private func openSegment(at base: StreamOffset) throws(StreamError) {
        let header = SegmentHeader(base: base, epoch: epoch, salt: access.environment.random())
        do throws(StreamError) {
            let made = try room.attempt { () throws(StreamError) in try shelf.makeFile(header) }
            open = Open(
                file: made.file,
                path: place.folder.appending(SegmentFile.name(base: base)),
                header: header,
                reservedByteCount: made.reservedByteCount
            )
        } catch {
            // The name is taken when another writer is at work.
            try place.requireEpoch(epoch)
            throw error
        }
    }
}
