import Buffers
import ByteStreams
import TestSupport
import Testing

/// Appends that a seed decides, and what a reader makes of them.
enum Sample {
    static let pool = BufferPool()

    /// A piece of random bytes.
    static func piece(_ byteCount: Int, using generator: inout SeededGenerator) -> StreamPiece {
        let bytes = (0..<byteCount).map { _ in
            UInt8(truncatingIfNeeded: generator.next())
        }
        return StreamPiece(pool.makeBuffer(copying: bytes.rawSpan))
    }

    /// One to four pieces, of which some stand inside an entry's head and some behind it.
    static func append(using generator: inout SeededGenerator) -> [StreamPiece] {
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            let maximum = Bool.random(using: &generator) ? 300 : 9000
            return piece(Int.random(in: 1...maximum, using: &generator), using: &generator)
        }
    }

    /// The bytes of a buffer.
    static func array(_ buffer: Buffer) -> [UInt8] {
        unsafe buffer.bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// The bytes of pieces, one behind the other.
    static func array(_ pieces: [StreamPiece]) -> [UInt8] {
        pieces.flatMap { array($0.bytes) }
    }

    /// What comes back from `start` to the tail, chunk by chunk.
    static func chunks(
        _ reader: any ByteStreamReader,
        from start: StreamOffset = .zero
    ) async throws -> [StreamChunk] {
        var chunks: [StreamChunk] = []
        var offset = start
        let tail = try await reader.bounds().tail
        while offset < tail {
            let chunk = try #require(try await reader.read(at: offset, upTo: 1 << 20))
            try #require(chunk.offset == offset && chunk.byteCount > 0)
            chunks.append(chunk)
            offset = offset.advanced(by: chunk.byteCount)
        }
        return chunks
    }

    /// The bytes from `start` to the tail; records an issue where they are not sound.
    static func soundBytes(
        _ reader: any ByteStreamReader,
        from start: StreamOffset = .zero
    ) async throws -> [UInt8] {
        try await chunks(reader, from: start).flatMap { chunk -> [UInt8] in
            guard case .sound(let buffer, _) = chunk.content else {
                Issue.record("\(chunk.content) at \(chunk.offset)")
                return []
            }
            return array(buffer)
        }
    }
}
