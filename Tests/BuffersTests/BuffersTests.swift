import Buffers
import TestSupport
import Testing

@Suite("pooled memory and its checksum")
struct BuffersTests {
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    @Test("CRC32C has the value that everybody has for 123456789")
    func knownAnswer() {
        let digits = Array("123456789".utf8)
        #expect(CRC32C(of: unsafe digits.span.bytes).value == 0xE306_9283)
    }

    @Test("the fast checksum is the slow one, for all lengths and alignments")
    func portable() {
        for count in [0, 1, 7, 8, 9, 4095, 12_287, 12_288, 12_289, 40_000] {
            let bytes = Self.bytes(count + 8, seed: UInt64(count))
            for start in 0..<8 {
                let part = Array(bytes[start..<start + count])
                let span = unsafe part.span.bytes
                #expect(CRC32C(of: span) == CRC32C(portablyOf: span), "\(count) at \(start)")
            }
        }
    }

    @Test("checksums of pieces combine into that of the whole")
    func combine() {
        let bytes = Self.bytes(10_000, seed: 3)
        let whole = CRC32C(of: unsafe bytes.span.bytes)
        for cut in [0, 1, 4096, 9999, 10_000] {
            let (left, right) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            let combined = CRC32C(of: unsafe left.span.bytes)
                .appending(CRC32C(of: unsafe right.span.bytes), byteCount: right.count)
            #expect(combined == whole, "\(cut)")
        }
    }

    @Test("memory comes back to the pool, and no more of it is kept than the pool may")
    func recycling() {
        let pool = BufferPool(retainedByteCountMaximum: 8192)
        do {
            let buffers = (0..<4).map { _ in pool.makeBuffer(byteCount: 4000).freeze() }
            #expect(pool.idleByteCount == 0)
            #expect(buffers.count == 4)
        }
        #expect(pool.idleByteCount == 8192)
        _ = pool.makeBuffer(byteCount: 10_000).freeze()
        #expect(pool.idleByteCount <= 8192)
    }

    @Test("whole pages end in zeros, and slices that do not are refused")
    func wholePages() {
        let pool = BufferPool()
        let bytes = [UInt8](repeating: 9, count: 5000)
        let buffer = pool.makeBuffer(copying: unsafe bytes.span.bytes)
        #expect(buffer.wholePages?.byteCount == 8192)
        #expect(buffer.slice(0..<100).wholePages == nil)
        #expect(buffer.slice(1..<5000).wholePages == nil)
    }
}
