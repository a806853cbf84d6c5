internal import Buffers
internal import CPlatform
internal import Dispatch
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A file of this computer that is open.
final class LocalFile: OpenFile {
    let isDirect: Bool
    let descriptor: Int32

    private let halvedByteCountMinimum: Int

    init(_ descriptor: Int32, isDirect: Bool, halvedByteCountMinimum: Int) {
        self.isDirect = isDirect
        self.halvedByteCountMinimum = halvedByteCountMinimum
        self.descriptor = descriptor
    }

    deinit {
        Glibc.close(descriptor)
    }

    func byteCount() throws(Errno) -> Int {
        var status = stat()
        _ = try LocalFileSystem.checked { unsafe fstat(descriptor, &status) }
        return Int(status.st_size)
    }

    func read(
        into buffer: inout MutableBuffer,
        _ range: Range<Int>,
        at position: Int
    ) throws(Errno) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { memory in
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[range])
                return unsafe pread(descriptor, part.baseAddress, part.count, off_t(position))
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    /// Writes a large vector in two halves at the same time, where the page cache is not between:
    /// the device need not wait for the next while the memory of the last is let go.
    func write(_ vector: WriteVector, at position: Int) throws(Errno) -> Int {
        guard isDirect, vector.byteCount >= halvedByteCountMinimum else {
            return try Self.write(vector, to: descriptor, at: position).get()
        }
        let halves = vector.halves(granularity: BufferPool.pageByteCount)
        let ends = Mutex<(Result<Int, Errno>, Result<Int, Errno>)>((.success(0), .success(0)))
        DispatchQueue.concurrentPerform(iterations: 2) { [descriptor] number in
            if number == 0 {
                let end = Self.write(halves.0, to: descriptor, at: position)
                ends.withLock { $0.0 = end }
            } else {
                let start = position + halves.0.byteCount
                let end = Self.write(halves.1, to: descriptor, at: start)
                ends.withLock { $0.1 = end }
            }
        }
        let (first, second) = ends.withLock { $0 }
        let count = try first.get()
        // What is behind a hole counts as not written.
        guard count == halves.0.byteCount, case .success(let rest) = second else { return count }
        return count + rest
    }

    private static func write(
        _ vector: WriteVector,
        to descriptor: Int32,
        at position: Int
    ) -> Result<Int, Errno> {
        while true {
            let count = unsafe withUnsafeTemporaryAllocation(
                of: iovec.self,
                capacity: vector.buffers.count
            ) { parts in
                var skipped = vector.skippedByteCount
                var left = vector.byteCount
                for (index, buffer) in vector.buffers.enumerated() {
                    // The vector keeps the memory alive; the kernel only reads it.
                    unsafe buffer.bytes.withUnsafeBytes { bytes in
                        let count = min(bytes.count - skipped, left)
                        unsafe parts[index] = unsafe iovec(
                            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                                .map { unsafe $0 + skipped },
                            iov_len: count
                        )
                        left -= count
                    }
                    skipped = 0
                }
                return unsafe pwritev(
                    descriptor,
                    parts.baseAddress,
                    Int32(parts.count),
                    off_t(position)
                )
            }
            if count >= 0 { return .success(count) }
            guard errno == EINTR else { return .failure(Errno(rawValue: errno)) }
        }
    }

    func sync(forgetsCache: Bool) throws(Errno) {
        _ = try LocalFileSystem.checked { fdatasync(descriptor) }
        if forgetsCache { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
    }

    func resize(to byteCount: Int) throws(Errno) {
        _ = try LocalFileSystem.checked { ftruncate(descriptor, off_t(byteCount)) }
    }

    func reserve(_ range: Range<Int>) throws(Errno) {
        let status = cplatform_reserve(descriptor, Int64(range.lowerBound), Int64(range.count))
        guard status == 0 else { throw Errno(rawValue: status) }
    }
}
