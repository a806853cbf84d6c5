import Buffers
import ByteStreams
import TestSupport

extension StoreContract {
    /// A piece of random bytes.
    func piece(_ byteCount: Int, using generator: inout SeededGenerator) -> StreamPiece {
        let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return StreamPiece(pool.makeBuffer(copying: bytes.rawSpan))
    }

    /// A piece of random bytes.
    func piece(_ byteCount: Int, seed: UInt64) -> StreamPiece {
        var generator = SeededGenerator(seed: seed)
        return piece(byteCount, using: &generator)
    }

    /// One to four pieces, small ones and larger ones.
    func append(using generator: inout SeededGenerator) -> [StreamPiece] {
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

    /// The bytes from `start` to the tail, all sound, with the checksums that come along.
    static func bytes(
        _ reader: any ByteStreamReader,
        from start: StreamOffset = .zero
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var offset = start
        let tail = try await reader.bounds().tail
        while offset < tail {
            let chunk = try unwrap(
                try await reader.read(at: offset, upTo: 1 << 20),
                "there are bytes before the tail"
            )
            try require(chunk.offset == offset && chunk.byteCount > 0, "a chunk goes on")
            bytes += array(try sound(chunk))
            offset = offset.advanced(by: chunk.byteCount)
        }
        return bytes
    }

    /// The bytes of a chunk, whose checksum is right if it has one.
    static func sound(_ chunk: StreamChunk) throws -> Buffer {
        guard case .sound(let buffer, let checksum) = chunk.content else {
            throw Broken(description: "\(chunk.content) at \(chunk.offset)")
        }
        try require(
            checksum.map { $0 == CRC32C(of: buffer.bytes) } ?? true,
            "the checksum of a chunk is that of its bytes"
        )
        return buffer
    }
}
