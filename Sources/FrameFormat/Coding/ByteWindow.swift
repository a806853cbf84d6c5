internal import Buffers
internal import Glibc

/// The bytes of a stream that have arrived and are still needed, in the chunks in which they came.
struct ByteWindow: Sendable {
    private struct Chunk: Sendable {
        var start: UInt64
        /// `nil` when the bytes are lost.
        var bytes: Buffer?
        var byteCount: Int
        var checksum: CRC32C?

        var end: UInt64 { start + UInt64(byteCount) }
    }

    /// The chunks before `first` are let go of, and taken out of the array now and then.
    private var chunks: [Chunk] = []
    private var first = 0
    /// The lost ranges, in order and not touching.
    private var lost: [Range<UInt64>] = []

    /// The offset behind the last byte that has arrived.
    private(set) var end: UInt64

    init(at offset: UInt64) {
        end = offset
    }

    mutating func append(_ bytes: Buffer, checksum: CRC32C?) {
        guard bytes.byteCount > 0 else { return }
        chunks.append(
            Chunk(start: end, bytes: bytes, byteCount: bytes.byteCount, checksum: checksum)
        )
        end += UInt64(bytes.byteCount)
    }

    mutating func appendLost(byteCount: Int) {
        guard byteCount > 0 else { return }
        let chunk = Chunk(start: end, bytes: nil, byteCount: byteCount, checksum: nil)
        chunks.append(chunk)
        let joined = lost.last?.upperBound == end ? lost.removeLast().lowerBound : end
        lost.append(joined..<chunk.end)
        end = chunk.end
    }

    /// Lets go of the chunks that end at or before `offset`.
    mutating func drop(before offset: UInt64) {
        while first < chunks.count, chunks[first].end <= offset {
            chunks[first].bytes = nil
            first += 1
        }
        if first * 2 > chunks.count {
            chunks.removeFirst(first)
            first = 0
        }
        while let range = lost.first, range.upperBound <= offset { lost.removeFirst() }
    }

    /// Whether a byte of `range` is known to be lost.
    func holdsLost(in range: Range<UInt64>) -> Bool {
        var (low, high) = (0, lost.count)
        while low < high {
            let middle = (low + high) / 2
            if lost[middle].upperBound <= range.lowerBound {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < lost.count && lost[low].overlaps(range)
    }

    /// The bytes of `range`, all of which have arrived: a slice where they lie in one chunk, else a
    /// copy.
    func buffer(_ range: Range<UInt64>, pool: BufferPool) -> Buffer {
        assert(range.upperBound <= end && !holdsLost(in: range), "the bytes have arrived")
        let byteCount = Int(range.upperBound - range.lowerBound)
        guard byteCount > 0 else { return pool.makeBuffer(byteCount: 0).freeze() }
        var index = chunkIndex(of: range.lowerBound)
        if let slice = part(of: chunks[index], in: range), slice.byteCount == byteCount {
            return slice
        }
        var copy = pool.makeBuffer(byteCount: byteCount)
        var filled = 0
        while filled < byteCount, let slice = part(of: chunks[index], in: range) {
            copy.copy(slice.bytes, at: filled)
            filled += slice.byteCount
            index += 1
        }
        return copy.freeze()
    }

    /// The checksum of what `checksum` covers followed by `range`, by those that came with the
    /// chunks where there are any.
    func checksum(_ range: Range<UInt64>, appendedTo checksum: CRC32C = CRC32C()) -> CRC32C {
        assert(range.upperBound <= end && !holdsLost(in: range), "the bytes have arrived")
        guard !range.isEmpty else { return checksum }
        var result = checksum
        var index = chunkIndex(of: range.lowerBound)
        while index < chunks.count, chunks[index].start < range.upperBound {
            let chunk = chunks[index]
            index += 1
            guard let part = part(of: chunk, in: range) else { break }
            if let known = chunk.checksum, part.byteCount == chunk.byteCount {
                result = result.appending(known, byteCount: chunk.byteCount)
            } else {
                result = result.appending(part.bytes)
            }
        }
        return result
    }

    /// The offset of the first sync word that starts at or behind `offset`.
    ///
    /// - Returns: The offset, or, with `isFound` false, where a search goes on when more has come.
    func syncWord(from offset: UInt64) -> (offset: UInt64, isFound: Bool) {
        let wordByteCount = UInt64(MemoryLayout<UInt64>.size)
        guard end >= offset + wordByteCount else { return (offset, false) }
        let last = end - wordByteCount
        var position = offset
        var index = chunkIndex(of: position)
        while index < chunks.count {
            let chunk = chunks[index]
            while position < chunk.end, let hit = firstSyncByte(in: chunk, from: position) {
                guard hit <= last else { return (hit, false) }
                if isSyncWord(at: hit, chunkIndex: index) { return (hit, true) }
                position = hit + 1
            }
            position = max(position, chunk.end)
            index += 1
        }
        return (end, false)
    }

    private func firstSyncByte(in chunk: Chunk, from position: UInt64) -> UInt64? {
        guard let bytes = chunk.bytes else { return nil }
        let skipped = Int(position - chunk.start)
        let found = unsafe bytes.bytes.withUnsafeBytes { bytes -> Int? in
            let rest = unsafe bytes[skipped...]
            guard let start = unsafe UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let hit = unsafe memchr(start, Int32(RecordPrefix.syncWord[0]), rest.count)
            else { return nil }
            return unsafe UnsafeRawPointer(hit) - start
        }
        return found.map { position + UInt64($0) }
    }

    /// Whether a sync word starts at `offset`, which lies in the chunk at `index`.
    private func isSyncWord(at offset: UInt64, chunkIndex index: Int) -> Bool {
        var index = index
        var position = offset
        for byte in RecordPrefix.syncWord {
            while index < chunks.count, position >= chunks[index].end { index += 1 }
            guard index < chunks.count, let bytes = chunks[index].bytes else { return false }
            let stored: UInt8 = bytes.bytes.littleEndian(at: Int(position - chunks[index].start))
            guard stored == byte else { return false }
            position += 1
        }
        return true
    }

    /// What of `range` lies in `chunk`; `nil` if the chunk is lost.
    private func part(of chunk: Chunk, in range: Range<UInt64>) -> Buffer? {
        guard let bytes = chunk.bytes else { return nil }
        let part = range.clamped(to: chunk.start..<chunk.end)
        return bytes.slice(Int(part.lowerBound - chunk.start)..<Int(part.upperBound - chunk.start))
    }

    /// The chunk that holds the byte at `offset`, found by halving.
    private func chunkIndex(of offset: UInt64) -> Int {
        var (low, high) = (first, chunks.count)
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
