internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// One segment, opened for reading: finds the entries in it, whatever happened to them.
final class SegmentFile: Sendable {
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
    private let file: any OpenFile
    private let access: FileAccess
    private let salt: UInt64

    /// The name of the segment that begins at an offset: twenty digits.
    static func name(base: StreamOffset) -> String {
        let digits = String(base.value)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + nameSuffix
    }

    /// The offsets at which the segments in a folder begin, in ascending order.
    static func bases(
        in folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> [StreamOffset] {
        (try access.names(in: folder) ?? []).compactMap { name in
            guard name.hasSuffix(nameSuffix), name.utf8.count == 20 + nameSuffix.utf8.count,
                let value = UInt64(name.dropLast(nameSuffix.count))
            else { return nil }
            return StreamOffset(value)
        }.sorted()
    }

    init(folder: FilePath, base: StreamOffset, _ access: FileAccess) throws(StreamError) {
        path = folder.appending(Self.name(base: base))
        self.base = base
        self.access = access
        var mode = FileOpening.read
        mode.isSequential = true
        let file = try access.open(path, mode)
        self.file = file
        var found: SegmentHeader?
        for copy in 0..<SegmentHeader.copyCount where found == nil {
            let block = try? access.read(  // A copy that cannot be read counts as damaged.
                file,
                path,
                at: copy * CheckedBlock.byteCount,
                byteCount: CheckedBlock.byteCount
            )
            found = block.flatMap { SegmentHeader($0.bytes) }
        }
        header = found
        if let found { salt = found.salt } else { salt = try Self.learnSalt(file, path, access) }
    }

    /// Without a header, the first block that passes for an entry head tells the salt.
    private static func learnSalt(
        _ file: any OpenFile,
        _ path: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> UInt64 {
        var blocks = BlockScan(file, path, from: SegmentHeader.byteCount, access)
        while let (_, block) = try blocks.next() {
            if CheckedBlock.isSound(block.bytes), let head = EntryHead(unchecked: block.bytes) {
                return head.salt
            }
        }
        return 0
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
        var blocks = BlockScan(file, path, from: position + CheckedBlock.byteCount, access)
        while let (place, block) = try blocks.next() {
            if let head = EntryHead(block.bytes, salt: salt), head.offset >= offset {
                return (place, head.offset)
            }
        }
        return nil
    }

    /// An entry in front of `offset` that is found by halving what lies between a known entry and
    /// `end`, a place in the file; the known one where entries are too large for that.
    func entry(
        before offset: StreamOffset,
        from known: (offset: StreamOffset, position: Int),
        to end: Int
    ) throws(StreamError) -> (offset: StreamOffset, position: Int) {
        let block = CheckedBlock.byteCount
        var (low, high) = (known, end)
        var missCount = 0
        while high - low.position > FileStreamLimits.walkedBlockCount * block,
            missCount < FileStreamLimits.missedHalvingCount
        {
            let middle = low.position + (high - low.position) / (2 * block) * block
            guard let found = try soundEntry(from: middle, to: high) else {
                missCount += 1
                high = middle
                continue
            }
            if found.offset <= offset, found.offset >= low.offset {
                low = found
            } else {
                high = middle
            }
        }
        return low
    }

    /// The first sound entry of some blocks.
    private func soundEntry(
        from start: Int,
        to end: Int
    ) throws(StreamError) -> (offset: StreamOffset, position: Int)? {
        var position = start
        for _ in 0..<FileStreamLimits.halvedBlockCount where position < end {
            let block = try read(at: position, byteCount: CheckedBlock.byteCount)
            if let head = EntryHead(block.bytes, salt: salt), head.kind == .bytes {
                return (head.offset, position)
            }
            position += CheckedBlock.byteCount
        }
        return nil
    }

    /// The bytes of a piece, checked.
    func content(
        of piece: EntryHead.Piece,
        position: Int,
        block: Buffer,
        isSound: Bool
    ) throws(StreamError) -> StreamChunk.Content {
        let bytes: Buffer
        var isZeroFilled = true
        var checksum = piece.checksum
        if piece.isExternal {
            let (pages, sum) = try access.readSumming(
                file,
                path,
                at: position + piece.place,
                byteCount: Buffer.wholePageByteCount(for: piece.byteCount),
                summedCount: piece.byteCount
            )
            checksum = sum
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
        if checksum != piece.checksum {
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
        do {
            return try file.byteCount()
        } catch {
            throw FileAccess.failure(error, "reading the size of \(path)")
        }
    }

    private func read(at position: Int, byteCount: Int) throws(StreamError) -> Buffer {
        try access.read(file, path, at: position, byteCount: byteCount)
    }
}
