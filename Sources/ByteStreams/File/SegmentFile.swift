internal import Buffers
internal import Glibc
internal import SystemPackage

/// One segment, opened for reading: finds the entries in it, whatever happened to them.
///
/// Used by one thread at a time.
final class SegmentFile {
    /// What stands at a place.
    enum Slot {
        /// An entry. If it is not sound, its head block failed the checksum and still makes sense.
        case entry(EntryHead, position: Int, block: Buffer, isSound: Bool)
        /// Nothing that can be read, up to a stream offset and the place where reading goes on.
        case lost(until: StreamOffset, position: Int)
        /// No more entries.
        case end(isSealed: Bool)
    }

    static let nameSuffix = ".segment"

    let path: FilePath
    let base: StreamOffset
    /// The header; `nil` when both copies are damaged.
    let header: SegmentHeader?
    private let descriptor: FileDescriptor
    private let pool: BufferPool
    private let salt: UInt64

    /// The name of the segment that begins at an offset: twenty digits.
    static func name(base: StreamOffset) -> String {
        let digits = String(base.value)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + nameSuffix
    }

    /// The offsets at which the segments in a folder begin, in ascending order.
    static func bases(in folder: FilePath) throws(StreamError) -> [StreamOffset] {
        (try FileAccess.names(in: folder) ?? []).compactMap { name in
            guard name.hasSuffix(nameSuffix), name.utf8.count == 20 + nameSuffix.utf8.count,
                let value = UInt64(name.dropLast(nameSuffix.count))
            else { return nil }
            return StreamOffset(value)
        }.sorted()
    }

    init(folder: FilePath, base: StreamOffset, pool: BufferPool) throws(StreamError) {
        path = folder.appending(Self.name(base: base))
        self.base = base
        self.pool = pool
        let opened: FileDescriptor
        do {
            opened = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw FileAccess.failure(error, "opening \(path)")
        }
        descriptor = opened
        posix_fadvise(opened.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        var found: SegmentHeader?
        for copy in 0..<SegmentHeader.copyCount where found == nil {
            let block = try? FileAccess.read(  // A copy that cannot be read counts as damaged.
                opened,
                path,
                at: copy * CheckedBlock.byteCount,
                byteCount: CheckedBlock.byteCount,
                pool: pool
            )
            found = block.flatMap { SegmentHeader($0.bytes) }
        }
        header = found
        if let found {
            salt = found.salt
        } else {
            do throws(StreamError) {
                salt = try Self.learnSalt(opened, path, pool)
            } catch {
                // No deinit runs for an object that is not complete.
                FileAccess.close(opened)
                throw error
            }
        }
    }

    deinit {
        FileAccess.close(descriptor)
    }

    /// Without a header, the first block that passes for an entry head tells the salt.
    private static func learnSalt(
        _ descriptor: FileDescriptor,
        _ path: FilePath,
        _ pool: BufferPool
    ) throws(StreamError) -> UInt64 {
        var position = SegmentHeader.byteCount
        while true {
            let block = try FileAccess.read(
                descriptor,
                path,
                at: position,
                byteCount: CheckedBlock.byteCount,
                pool: pool
            )
            guard block.byteCount == CheckedBlock.byteCount else { return 0 }
            if CheckedBlock.isSound(block.bytes), let head = EntryHead(unchecked: block.bytes) {
                return head.salt
            }
            position += CheckedBlock.byteCount
        }
    }

    /// What stands at `position`, where the bytes from `offset` on are expected.
    ///
    /// - Parameter limit: Up to where there must be bytes; `nil` when that is not known, as at
    ///   the tail.
    func slot(
        at position: Int,
        offset: StreamOffset,
        limit: StreamOffset?
    ) throws(StreamError) -> Slot {
        let block = try read(at: position, byteCount: CheckedBlock.byteCount)
        if block.byteCount == CheckedBlock.byteCount, let head = EntryHead(block.bytes, salt: salt),
            head.offset == offset
        {
            if head.kind == .seal { return .end(isSealed: true) }
            return .entry(head, position: position, block: block, isSound: true)
        }
        guard block.byteCount == CheckedBlock.byteCount else {
            return limit.map { .lost(until: $0, position: position) } ?? .end(isSealed: false)
        }
        let next = try nextSoundEntry(after: position, from: offset)
        let end = next?.offset ?? limit
        if let end, end > offset {
            let extent = EntryHead.Extent(
                offset: offset,
                byteCount: Int(end.value - offset.value),
                fileByteCount: next.map { $0.position - position }
            )
            if let head = EntryHead(damaged: block.bytes, extent: extent) {
                return .entry(head, position: position, block: block, isSound: false)
            }
            return .lost(until: end, position: next?.position ?? position)
        }
        if let next { return try slot(at: next.position, offset: offset, limit: limit) }
        return .end(isSealed: false)
    }

    /// The next entry that is sound and not older than what is looked for.
    private func nextSoundEntry(
        after position: Int,
        from offset: StreamOffset
    ) throws(StreamError) -> (position: Int, offset: StreamOffset)? {
        var place = position + CheckedBlock.byteCount
        while true {
            let block = try read(at: place, byteCount: CheckedBlock.byteCount)
            guard block.byteCount == CheckedBlock.byteCount else { return nil }
            if let head = EntryHead(block.bytes, salt: salt), head.offset >= offset {
                return (place, head.offset)
            }
            place += CheckedBlock.byteCount
        }
    }

    /// The bytes of a piece, checked.
    func content(
        of piece: EntryHead.Piece,
        in head: EntryHead,
        position: Int,
        block: Buffer,
        isSound: Bool
    ) throws(StreamError) -> StreamChunk.Content {
        let bytes: Buffer
        var isZeroFilled = true
        if piece.isExternal {
            let whole = Buffer.wholePageByteCount(for: piece.byteCount)
            let pages = try read(at: position + piece.place, byteCount: whole)
            guard pages.byteCount >= piece.byteCount else {
                return .lost(
                    byteCount: piece.byteCount,
                    detail: "\(path) ends inside an entry"
                )
            }
            bytes = pages.slice(0..<piece.byteCount)
            isZeroFilled = pages.bytes.isZero(in: piece.byteCount..<pages.byteCount)
        } else {
            bytes = block.slice(piece.place..<piece.place + piece.byteCount)
        }
        guard isSound else {
            return .suspect(
                bytes,
                detail: "the entry at byte \(position) of \(path) fails its checksum"
            )
        }
        // An inline piece is covered by the checksum of its block.
        if piece.isExternal, bytes.checksum != piece.checksum {
            return .suspect(
                bytes,
                detail: "a piece of the entry at byte \(position) of \(path) fails its checksum"
            )
        }
        guard isZeroFilled else {
            return .suspect(
                bytes,
                detail: "the padding of the entry at byte \(position) of \(path) is not zero"
            )
        }
        return .sound(bytes, checksum: piece.checksum)
    }

    /// Bytes of the file now.
    func byteCount() throws(StreamError) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else {
            throw FileAccess.failure(Errno(rawValue: errno), "reading the size of \(path)")
        }
        return Int(status.st_size)
    }

    private func read(at position: Int, byteCount: Int) throws(StreamError) -> Buffer {
        try FileAccess.read(descriptor, path, at: position, byteCount: byteCount, pool: pool)
    }
}
