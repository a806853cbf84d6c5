import Buffers
import TestSupport
import Testing

@Suite("CRC32C")
struct CRC32CTests {
    private static let pool = BufferPool()

    private static func buffer(_ bytes: [UInt8]) -> Buffer {
        // Bytes have no padding that the raw view could show.
        pool.makeBuffer(copying: bytes.rawSpan)
    }

    static func noise(_ byteCount: Int) -> Buffer {
        var generator = SeededGenerator(seed: 7)
        return buffer((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    @Test("known answers: RFC 3720 appendix B.4 and the digits 1 to 9")
    func knownAnswers() {
        let answers: [([UInt8], UInt32)] = [
            ([], 0), (Array("123456789".utf8), 0xE306_9283),
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E), ((0..<32).reversed(), 0x113F_DB5C),
        ]
        for (bytes, answer) in answers {
            #expect(CRC32C(of: Self.buffer(bytes).bytes).value == answer)
            #expect(CRC32C(portablyOf: Self.buffer(bytes).bytes).value == answer)
        }
    }

    @Test("the fast way gives what the table gives, for all lengths and alignments")
    func fastIsPortable() {
        let noise = Self.noise(40_000)
        var ranges = (0..<9).flatMap { start in (0..<300).map { start..<start + $0 } }
        ranges += [4095, 12_287, 12_288, 12_289, 24_576, 39_000].flatMap { length in
            (0..<9).map { $0..<$0 + length }
        }
        for range in ranges {
            let bytes = noise.slice(range)
            #expect(CRC32C(of: bytes.bytes) == CRC32C(portablyOf: bytes.bytes), "\(range)")
        }
    }

    @Test("checksums of pieces make that of the whole")
    func combine() {
        let noise = Self.noise(5000)
        let whole = CRC32C(of: noise.bytes)
        for cut in [0, 1, 7, 64, 2500, 4999, 5000] {
            let (front, back) = (noise.slice(0..<cut), noise.slice(cut..<5000))
            let (first, second) = (CRC32C(of: front.bytes), CRC32C(of: back.bytes))
            #expect(first.appending(second, byteCount: back.byteCount) == whole)
            #expect(first.appending(back.bytes) == whole)
        }
    }
}

@Suite("Buffers")
struct BuffersTests {
    private static func filled(_ pool: BufferPool, _ byteCount: Int, with byte: UInt8) -> Buffer {
        let bytes = [UInt8](repeating: byte, count: byteCount)
        // Bytes have no padding that the raw view could show.
        return pool.makeBuffer(copying: bytes.rawSpan)
    }

    private static func address(_ buffer: Buffer) -> UInt {
        unsafe buffer.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("memory starts at a page and comes back to the next buffer of its size")
    func recycling() {
        let pool = BufferPool()
        var addresses: Set<UInt> = []
        for _ in 0..<10 {
            let buffer = Self.filled(pool, 10_000, with: 1)
            #expect(Self.address(buffer).isMultiple(of: UInt(BufferPool.pageByteCount)))
            addresses.insert(Self.address(buffer))
        }
        #expect(addresses.count == 1)
        #expect(pool.idleByteCount == 3 * BufferPool.pageByteCount)
    }

    @Test("memory is not given out again while a slice is left")
    func slicesKeepMemory() {
        let pool = BufferPool()
        var whole: Buffer? = Self.filled(pool, 100, with: 1)
        let slice = whole?.slice(10..<20)
        whole = nil
        #expect(pool.idleByteCount == 0)
        let other = Self.filled(pool, 100, with: 2)
        #expect(slice.map { $0 == Self.filled(pool, 10, with: 1) } == true)
        #expect(other.byteCount == 100)
    }

    @Test("a pool keeps no more than its maximum, and lets go of other sizes first")
    func bounded() {
        let page = BufferPool.pageByteCount
        let pool = BufferPool(retainedByteCountMaximum: 4 * page)
        do {
            let many = (0..<9).map { _ in Self.filled(pool, 1, with: 0) }
            #expect(many.count == 9)
        }
        #expect(pool.idleByteCount == 4 * page)
        _ = Self.filled(pool, 3 * page, with: 0)
        #expect(pool.idleByteCount == 4 * page)
        let again = Self.filled(pool, 3 * page, with: 0)
        #expect(pool.idleByteCount == page)
        _ = Self.filled(pool, 100 * page, with: 0)
        #expect(pool.idleByteCount == page)
        #expect(again.byteCount == 3 * page)
    }

    @Test("whole pages end in zeroes, even in memory that held something else")
    func wholePages() throws {
        let pool = BufferPool()
        _ = Self.filled(pool, 8192, with: 0xFF)
        let buffer = Self.filled(pool, 5000, with: 1)
        let pages = try #require(buffer.wholePages)
        #expect(pages.byteCount == 8192)
        #expect(pages.slice(0..<5000) == buffer)
        #expect(pages.slice(5000..<8192) == Self.filled(pool, 3192, with: 0))
        // A slice that starts inside a page, or is followed by more bytes, has no whole pages.
        #expect(buffer.slice(1..<5000).wholePages == nil)
        #expect(buffer.slice(0..<100).wholePages == nil)
        #expect(Buffer.wholePageByteCount(for: 0) == 0)
        #expect(Buffer.wholePageByteCount(for: 4097) == 8192)
    }

    @Test("slices of slices share the bytes, and equal bytes are equal")
    func slices() {
        let pool = BufferPool()
        // Bytes have no padding that the raw view could show.
        let buffer = pool.makeBuffer(copying: ([1, 2, 3, 4, 5] as [UInt8]).rawSpan)
        let inner = buffer.slice(1..<5).slice(1..<3)
        #expect(Self.address(inner) == Self.address(buffer) + 2)
        let same = pool.makeBuffer(copying: ([3, 4] as [UInt8]).rawSpan)
        #expect(inner == same && inner.hashValue == same.hashValue)
        #expect(inner != buffer.slice(0..<2) && inner != buffer)
        #expect(buffer.slice(5..<5) == buffer.slice(0..<0))
    }

    @Test("a shrunk buffer keeps what was filled")
    func shrinking() {
        let pool = BufferPool()
        var buffer = pool.makeBuffer(byteCount: 10)
        // Bytes have no padding that the raw view could show.
        buffer.copy(([1, 2, 3] as [UInt8]).rawSpan, at: 0)
        buffer.shrink(to: 3)
        let frozen = buffer.freeze()
        #expect(frozen == pool.makeBuffer(copying: ([1, 2, 3] as [UInt8]).rawSpan))
    }

    @Test(
        "what is streamed in arrives whole, from and to anywhere, and is summed on the way",
        arguments: [0, 1, 15, 64, 4096, 65_535, 65_536, 65_537, 12_288 * 6 + 100, 1 << 20]
    )
    func streaming(byteCount: Int) {
        let before = CRC32CTests.noise(3)
        for (from, to) in [(0, 0), (1, 0), (0, 1), (17, 63), (64, 16)] {
            let source = CRC32CTests.noise(from + byteCount).slice(from..<from + byteCount)
            let frame = CRC32CTests.noise(to + byteCount + 1)
            var buffer = BufferPool().makeBuffer(byteCount: frame.byteCount)
            buffer.copy(frame.bytes, at: 0)
            let sum = buffer.stream(source.bytes, at: to, after: before.checksum)
            let expected = CRC32C(portablyOf: before.bytes).appending(source.bytes)
            #expect(sum == expected)
            let filled = buffer.freeze()
            #expect(filled.slice(0..<to) == frame.slice(0..<to))
            #expect(filled.slice(to..<to + byteCount) == source)
            #expect(
                filled.slice(to + byteCount..<to + byteCount + 1)
                    == frame.slice(to + byteCount..<to + byteCount + 1)
            )
        }
    }

    @Test("a checksum that came with the bytes is that of the buffer, and not of its slices")
    func knownChecksum() {
        let known = CRC32C(value: 7)
        let buffer = BufferPool().makeBuffer(byteCount: 100).freeze(checksum: known)
        #expect(buffer.checksum == known)
        #expect(buffer.slice(0..<50).checksum == CRC32C(of: buffer.slice(0..<50).bytes))
    }
}
