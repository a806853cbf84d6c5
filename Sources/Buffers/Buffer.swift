internal import Glibc

/// Immutable bytes in pooled memory, shared by reference.
///
/// Copies and slices share the memory. When the last of them is gone, the memory returns to its
/// pool.
@safe
public struct Buffer: Sendable {
    private let storage: BufferStorage
    private let range: Range<Int>
    /// The checksum of the bytes, where it was computed when they came in.
    private let knownChecksum: CRC32C?

    init(storage: BufferStorage, range: Range<Int>, known checksum: CRC32C? = nil) {
        self.storage = storage
        self.range = range
        knownChecksum = checksum
    }

    /// The number of bytes.
    public var byteCount: Int { range.count }

    /// The bytes, valid while the buffer is borrowed.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let memory = unsafe UnsafeRawBufferPointer(
                start: storage.block.address + range.lowerBound,
                count: range.count
            )
            let span = unsafe RawSpan(_unsafeBytes: memory)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The CRC32C of the bytes: computed now, where it was not when they were filled in.
    public var checksum: CRC32C { knownChecksum ?? CRC32C(of: bytes) }

    /// The part `range` of the bytes, without a copy.
    public func slice(_ range: Range<Int>) -> Buffer {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= byteCount,
            "a slice lies inside its buffer"
        )
        let start = self.range.lowerBound + range.lowerBound
        return Buffer(storage: storage, range: start..<start + range.count)
    }

    /// The bytes and the zeroes behind them up to the next page boundary, if the buffer starts at
    /// a page boundary and reaches to the end of what was filled; what direct I/O can write as is.
    public var wholePages: Buffer? {
        let end = Self.wholePageByteCount(for: range.upperBound)
        guard range.lowerBound.isMultiple(of: BufferPool.pageByteCount),
            end <= storage.block.byteCount
        else { return nil }
        let pages = Buffer(storage: storage, range: range.lowerBound..<end)
        return pages.endsInZeroes(from: range.count) ? pages : nil
    }

    /// `byteCount` rounded up to whole pages.
    public static func wholePageByteCount(for byteCount: Int) -> Int {
        (byteCount + BufferPool.pageByteCount - 1) / BufferPool.pageByteCount
            * BufferPool.pageByteCount
    }

    /// A slice may be followed by more of its buffer's bytes instead of zeroes.
    private func endsInZeroes(from offset: Int) -> Bool {
        let bytes = bytes
        for index in offset..<byteCount
        where unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) != 0 {
            return false
        }
        return true
    }
}

extension Buffer: Hashable {
    /// Whether both hold the same bytes.
    public static func == (left: Buffer, right: Buffer) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        return unsafe left.bytes.withUnsafeBytes { left in
            unsafe right.bytes.withUnsafeBytes { right in
                guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else {
                    return true
                }
                return unsafe memcmp(leftStart, rightStart, left.count) == 0
            }
        }
    }

    /// Mixes the bytes in.
    public func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
