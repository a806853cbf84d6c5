internal import Buffers
internal import CPlatform
internal import Glibc
internal import SystemPackage

/// The files that a writer appends to. Used on the writer's thread alone.
final class SegmentLog {
    /// An append on its way.
    struct Append {
        var offset: StreamOffset
        var pieces: [StreamPiece]
    }

    private struct Open {
        let descriptor: FileDescriptor
        let path: FilePath
        let salt: UInt64
        var position = SegmentHeader.byteCount
        var entryCount: UInt64 = 0
        var reservedByteCount = 0
        var nextReservation = FileStreamLimits.reservationByteCountMinimum
    }

    private let folder: FilePath
    private let epoch: UInt32
    private let pool: BufferPool
    private let options: FileStreamStore.Options
    private var open: Open?
    /// Up to where everything is synced.
    private(set) var durable: StreamOffset
    private var written: StreamOffset
    private var commit: CommitMark

    init(
        folder: FilePath,
        epoch: UInt32,
        tail: StreamOffset,
        commit: CommitMark,
        pool: BufferPool,
        options: FileStreamStore.Options
    ) {
        self.folder = folder
        self.epoch = epoch
        self.pool = pool
        self.options = options
        self.commit = commit
        durable = tail
        written = tail
    }

    deinit {
        if let open { FileAccess.close(open.descriptor) }
    }

    /// Bytes that are written and not yet synced.
    var unsyncedByteCount: UInt64 { written.value - durable.value }

    /// Writes appends behind one another, with as few system calls as their sizes allow.
    func write(_ appends: [Append]) throws(StreamError) {
        var vector: [Buffer] = []
        for append in appends {
            let size = append.pieces.reduce(CheckedBlock.byteCount) {
                $0 + Buffer.wholePageByteCount(for: $1.bytes.byteCount)
            }
            let pending = vector.reduce(0) { $0 + $1.byteCount }
            if let position = open?.position,
                position + pending + size > options.segmentByteCount,
                position + pending > SegmentHeader.byteCount
            {
                try write(&vector)
                try sealSegment()
            }
            if open == nil { try openSegment(at: append.offset) }
            addEntry(append, to: &vector)
            if vector.count >= FileStreamLimits.vectorCountMaximum { try write(&vector) }
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
            salt: segment.salt,
            epoch: epoch,
            pieces: append.pieces
        )
        vector.append(head.block(with: append.pieces, from: pool))
        for (piece, content) in zip(head.pieces, append.pieces) where piece.isExternal {
            // What cannot be written as it lies in memory is copied to where it can.
            let pages =
                content.bytes.wholePages ?? pool.makeBuffer(copying: content.bytes.bytes).wholePages
            guard let pages else { preconditionFailure("a fresh buffer has whole pages") }
            vector.append(pages)
        }
        open?.entryCount += 1
        written = head.end
    }

    /// One pwritev(2), or more where the system writes less than asked.
    private func write(_ vector: inout [Buffer]) throws(StreamError) {
        guard !vector.isEmpty, let segment = open else { return }
        let byteCount = vector.reduce(0) { $0 + $1.byteCount }
        try reserve(segment.position + byteCount)
        var done = 0
        while done < byteCount {
            let count = Self.write(vector, skipping: done, segment)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileAccess.failure(
                    Errno(rawValue: errno),
                    "writing \(byteCount) bytes to \(segment.path)"
                )
            }
            done += count
        }
        open?.position += byteCount
        vector.removeAll(keepingCapacity: true)
    }

    private static func write(_ vector: [Buffer], skipping skipped: Int, _ segment: Open) -> Int {
        unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: vector.count) { parts in
            var rest = skipped
            var count = 0
            for buffer in vector {
                guard rest < buffer.byteCount else {
                    rest -= buffer.byteCount
                    continue
                }
                unsafe buffer.bytes.withUnsafeBytes { bytes in
                    // The vector keeps the memory alive beyond this closure; the kernel only reads
                    // it.
                    guard let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                    else {
                        return
                    }
                    unsafe parts[count] = unsafe iovec(
                        iov_base: start + rest,
                        iov_len: bytes.count - rest
                    )
                    count += 1
                }
                rest = 0
            }
            return unsafe pwritev(
                segment.descriptor.rawValue,
                parts.baseAddress,
                Int32(count),
                off_t(segment.position + skipped)
            )
        }
    }

    /// Reserving in steps keeps the file's size steady, so that a sync need not write it each time.
    private func reserve(_ end: Int) throws(StreamError) {
        guard let segment = open, end > segment.reservedByteCount else { return }
        let target = max(end, segment.reservedByteCount + segment.nextReservation)
        let status = cplatform_reserve(
            segment.descriptor.rawValue,
            Int64(segment.reservedByteCount),
            Int64(target - segment.reservedByteCount)
        )
        switch status {
        case 0:
            open?.reservedByteCount = target
            open?.nextReservation = min(
                segment.nextReservation * 2,
                FileStreamLimits.reservationByteCountMaximum
            )
        case EOPNOTSUPP, ENOSYS, EINVAL, ENOSPC, EDQUOT, EFBIG:
            // Not needed, only faster; whether there is room shows when the bytes are written.
            break
        default:
            throw FileAccess.failure(
                Errno(rawValue: status),
                "reserving space in \(segment.path)"
            )
        }
    }

    /// Makes everything written durable, and says so to readers.
    func sync() throws(StreamError) {
        guard let segment = open, written > durable else { return }
        do {
            try FileAccess.sync(segment.descriptor)
        } catch {
            throw FileAccess.failure(error, "syncing \(segment.path)")
        }
        durable = written
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
            salt: segment.salt,
            epoch: epoch,
            pieces: []
        )
        var vector = [head.block(with: [], from: pool)]
        try write(&vector)
        do {
            try segment.descriptor.resize(to: Int64(segment.position + CheckedBlock.byteCount))
            try FileAccess.sync(segment.descriptor)
        } catch {
            throw FileAccess.failure(error, "completing \(segment.path)")
        }
        FileAccess.close(segment.descriptor)
        open = nil
        durable = written
        try publish(isClosed: false)
    }

    /// Ends the log in good order.
    func close() throws(StreamError) {
        try sealSegment()
        try publish(isClosed: true)
    }

    private func publish(isClosed: Bool) throws(StreamError) {
        commit.generation += 1
        commit.durable = durable
        commit.isClosed = isClosed
        try commit.save(to: folder, pool: pool)
        if isClosed {
            // Both slots then say the same, so that damage to either one is harmless.
            commit.generation += 1
            try commit.save(to: folder, pool: pool)
        }
    }

    /// Creates the file, and makes file and name durable before anything refers to them.
    private func openSegment(at base: StreamOffset) throws(StreamError) {
        let path = folder.appending(SegmentFile.name(base: base))
        let salt = UInt64.random(in: UInt64.min...UInt64.max)
        do {
            let descriptor = try Self.create(path, isDirect: options.usesDirectIO)
            let block = SegmentHeader(base: base, epoch: epoch, salt: salt).block(from: pool)
            for copy in 0..<SegmentHeader.copyCount {
                _ = try unsafe block.bytes.withUnsafeBytes {
                    try unsafe descriptor.writeAll(
                        toAbsoluteOffset: Int64(copy * CheckedBlock.byteCount),
                        $0
                    )
                }
            }
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            open = Open(
                descriptor: descriptor,
                path: path,
                salt: salt,
                reservedByteCount: SegmentHeader.byteCount
            )
        } catch {
            throw FileAccess.failure(error, "creating \(path)")
        }
        try FileAccess.syncFolder(folder)
    }

    /// Opens around the page cache where the file system can, and through it elsewhere.
    private static func create(_ path: FilePath, isDirect: Bool) throws -> FileDescriptor {
        let permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
        let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate, .closeOnExec]
        if isDirect {
            let direct = FileDescriptor.OpenOptions(rawValue: cplatform_open_direct_flag())
            do {
                return try FileDescriptor.open(
                    path,
                    .readWrite,
                    options: options.union(direct),
                    permissions: permissions
                )
            } catch Errno.invalidArgument {
                // Linux may have created the file before it refused the flag.
                unsafe unlink(path.string)
            }
        }
        return try FileDescriptor.open(path, .readWrite, options: options, permissions: permissions)
    }
}
