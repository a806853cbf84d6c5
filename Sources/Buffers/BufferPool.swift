internal import Glibc
internal import Synchronization

/// Recycles page-aligned memory, so that a steady flow of frames allocates nothing.
///
/// A first touch of fresh memory costs a page fault for each page, which is more than copying the
/// page. A pool gives the memory of a released buffer to the next buffer of the same size.
public final class BufferPool: Sendable {
    /// The alignment and the granularity of every buffer's memory in bytes.
    public static let pageByteCount = 4096

    /// What a pool keeps for later by default, in bytes.
    public static let retainedByteCountDefault = 64 << 20

    /// Memory that nobody uses at the moment.
    private struct Idle: ~Copyable {
        var blocks: [Int: [MemoryBlock]] = [:]
        var byteCount = 0
    }

    private let idle = Mutex(Idle())
    private let retainedByteCountMaximum: Int

    /// Makes an empty pool.
    ///
    /// - Parameter retainedByteCountMaximum: How much unused memory is kept for later; what comes
    ///   back above that goes to the system.
    public init(retainedByteCountMaximum: Int = retainedByteCountDefault) {
        self.retainedByteCountMaximum = retainedByteCountMaximum
    }

    deinit {
        idle.withLock { idle in
            for blocks in idle.blocks.values {
                for block in blocks { block.deallocate() }
            }
        }
    }

    /// Makes a buffer to fill, with undefined contents.
    public func makeBuffer(byteCount: Int) -> MutableBuffer {
        precondition(byteCount >= 0, "a byte count is not negative")
        let pages = max(1, (byteCount + Self.pageByteCount - 1) / Self.pageByteCount)
        let capacity = pages * Self.pageByteCount
        let recycled = idle.withLock { idle -> MemoryBlock? in
            guard let block = idle.blocks[capacity]?.popLast() else { return nil }
            idle.byteCount -= capacity
            return block
        }
        let block = recycled ?? MemoryBlock(byteCount: capacity)
        return MutableBuffer(storage: BufferStorage(block: block, pool: self), byteCount: byteCount)
    }

    /// Makes a buffer with a copy of `bytes`.
    public func makeBuffer(copying bytes: RawSpan) -> Buffer {
        var buffer = makeBuffer(byteCount: bytes.byteCount)
        buffer.copy(bytes, at: 0)
        return buffer.freeze()
    }

    /// Bytes that are kept for later at the moment.
    public var idleByteCount: Int {
        idle.withLock { $0.byteCount }
    }

    /// Takes memory back, and lets go of memory of other sizes before refusing it.
    func recycle(_ block: MemoryBlock) {
        let surplus = idle.withLock { idle -> [MemoryBlock] in
            guard block.byteCount <= retainedByteCountMaximum else { return [block] }
            var surplus: [MemoryBlock] = []
            for size in idle.blocks.keys where size != block.byteCount {
                while idle.byteCount + block.byteCount > retainedByteCountMaximum,
                    let other = idle.blocks[size]?.popLast()
                {
                    surplus.append(other)
                    idle.byteCount -= size
                }
            }
            guard idle.byteCount + block.byteCount <= retainedByteCountMaximum else {
                surplus.append(block)
                return surplus
            }
            idle.blocks[block.byteCount, default: []].append(block)
            idle.byteCount += block.byteCount
            return surplus
        }
        for block in surplus { block.deallocate() }
    }
}

/// A page-aligned piece of memory without an owner.
@safe
struct MemoryBlock: @unchecked Sendable {  // A plain address; whoever holds it owns the memory.
    /// Bytes of a huge page where there are any; on others the advice is for nothing.
    private static let hugePageByteCount = 2 << 20

    let address: UnsafeMutableRawPointer
    let byteCount: Int

    /// Large blocks lie in huge pages as far as they fill them (madvise(2)): fewer faults, and less
    /// work for the kernel, which looks up every page that is written around its cache.
    init(byteCount: Int) {
        let hugeByteCount = byteCount / Self.hugePageByteCount * Self.hugePageByteCount
        let alignment = hugeByteCount > 0 ? Self.hugePageByteCount : BufferPool.pageByteCount
        var address: UnsafeMutableRawPointer?
        let status = unsafe posix_memalign(&address, alignment, byteCount)
        guard status == 0, let address = unsafe address else {
            preconditionFailure("out of memory: \(byteCount) bytes were refused")
        }
        // A kernel that has none gives small pages.
        if hugeByteCount > 0 { unsafe madvise(address, hugeByteCount, MADV_HUGEPAGE) }
        unsafe self.address = unsafe address
        self.byteCount = byteCount
    }

    func deallocate() {
        unsafe free(address)
    }
}

/// Gives its memory back to the pool when the last buffer over it is gone.
@safe
final class BufferStorage: Sendable {
    let block: MemoryBlock
    private let pool: BufferPool

    init(block: MemoryBlock, pool: BufferPool) {
        self.block = block
        self.pool = pool
    }

    deinit {
        pool.recycle(block)
    }
}
