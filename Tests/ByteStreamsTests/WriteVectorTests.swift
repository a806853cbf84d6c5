import Buffers
import ByteStreams
import TestSupport
import Testing

@testable import FileStreams

@Suite("WriteVector")
struct WriteVectorTests {
    private static func bytes(of vector: WriteVector) -> [UInt8] {
        var bytes: [UInt8] = []
        for buffer in vector.buffers {
            unsafe buffer.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        bytes.removeFirst(vector.skippedByteCount)
        return Array(bytes.prefix(vector.byteCount))
    }

    @Test(
        "halves are the whole together, cut where told, and lose what is written",
        arguments: 0..<200
    )
    func halves(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pool = BufferPool()
        let buffers = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            let count = Int.random(in: 1...200, using: &random)
            let content = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Bytes have no padding that the raw view could show.
            return pool.makeBuffer(copying: content.rawSpan)
        }
        var vector = WriteVector(buffers)
        vector.drop(Int.random(in: 0..<vector.byteCount, using: &random))
        let whole = Self.bytes(of: vector)
        let granularity = [1, 16, 64].randomElement(using: &random) ?? 1
        var (first, second) = vector.halves(granularity: granularity)
        #expect(Self.bytes(of: first) + Self.bytes(of: second) == whole)
        #expect(first.byteCount.isMultiple(of: granularity))
        #expect(first.byteCount <= second.byteCount)
        #expect(second.byteCount - first.byteCount <= 2 * granularity)
        // Of each half some may be written and some left.
        for count in [first.byteCount / 2, first.byteCount - first.byteCount / 2] {
            first.drop(count)
        }
        #expect(first.byteCount == 0)
        second.drop(second.byteCount / 2)
        #expect(Self.bytes(of: second) == Array(whole.suffix(second.byteCount)))
    }
}
