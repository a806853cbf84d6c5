internal import Buffers
internal import CPlatform
internal import Glibc
internal import SystemPackage

/// A file of this computer that is open.
final class LocalFile: OpenFile {
    let isDirect: Bool
    let descriptor: Int32

    init(_ descriptor: Int32, isDirect: Bool) {
        self.isDirect = isDirect
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

    func write(_ vector: WriteVector, at position: Int) throws(Errno) -> Int {
        while true {
            let count = unsafe withUnsafeTemporaryAllocation(
                of: iovec.self,
                capacity: vector.buffers.count
            ) { parts in
                var skipped = vector.skippedByteCount
                for (index, buffer) in vector.buffers.enumerated() {
                    // The vector keeps the memory alive; the kernel only reads it.
                    unsafe buffer.bytes.withUnsafeBytes { bytes in
                        unsafe parts[index] = unsafe iovec(
                            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                                .map { unsafe $0 + skipped },
                            iov_len: bytes.count - skipped
                        )
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
            if count >= 0 { return count }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
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
