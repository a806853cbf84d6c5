internal import CPlatform

/// Memory that its one owner fills before it is shared as a ``Buffer``.
@safe
public struct MutableBuffer: ~Copyable, Sendable {
    private let storage: BufferStorage

    /// The bytes asked for; the memory behind them reaches to the next page boundary.
    public private(set) var byteCount: Int

    init(storage: BufferStorage, byteCount: Int) {
        self.storage = storage
        self.byteCount = byteCount
    }

    /// The memory to fill.
    public var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            // Read out first: a span that depends on the class's field itself outlives the access.
            let start = unsafe storage.block.address
            let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: byteCount)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// What has been filled so far.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let memory = unsafe UnsafeRawBufferPointer(
                start: storage.block.address,
                count: byteCount
            )
            let span = unsafe RawSpan(_unsafeBytes: memory)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Calls `body` with the memory, for functions of C that fill it.
    @unsafe
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeMutableRawBufferPointer(
            start: storage.block.address,
            count: byteCount
        )
        return unsafe try body(bytes)
    }

    /// Copies `source` to `offset`.
    public mutating func copy(_ source: RawSpan, at offset: Int) {
        precondition(
            offset >= 0 && source.byteCount <= byteCount - offset,
            "what is copied fits into the buffer"
        )
        unsafe source.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (storage.block.address + offset).copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Copies `source` to `offset` past the processor's caches: for bytes that go to a device next.
    ///
    /// - Returns: The checksum of what `checksum` covers, followed by `source`.
    public mutating func stream(
        _ source: RawSpan,
        at offset: Int,
        after checksum: CRC32C
    ) -> CRC32C {
        precondition(
            offset >= 0 && source.byteCount <= byteCount - offset,
            "what is copied fits into the buffer"
        )
        let sum = unsafe source.withUnsafeBytes { source in
            unsafe cplatform_crc32c_copy(
                checksum.value,
                storage.block.address + offset,
                source.baseAddress,
                source.count
            )
        }
        return CRC32C(value: sum)
    }

    /// Gives up the bytes behind `byteCount`.
    public mutating func shrink(to byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= self.byteCount, "a buffer only shrinks")
        self.byteCount = byteCount
    }

    /// Ends the filling, and zeroes the rest of the last page, so that whole pages can be written
    /// to a file without anything undefined in them.
    ///
    /// - Parameter checksum: The CRC32C of all bytes, where it is known already.
    public consuming func freeze(checksum: CRC32C? = nil) -> Buffer {
        let tail = byteCount..<Buffer.wholePageByteCount(for: byteCount)
        if !tail.isEmpty {
            unsafe (storage.block.address + tail.lowerBound)
                .initializeMemory(as: UInt8.self, repeating: 0, count: tail.count)
        }
        return Buffer(storage: storage, range: 0..<byteCount, known: checksum)
    }
}
