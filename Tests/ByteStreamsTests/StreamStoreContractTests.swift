import Buffers
import ByteStreams
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The stores that promise the same things.
enum StoreKind: String, CaseIterable, Sendable {
    case memory, direct, buffered

    func make(in folder: URL, pool: BufferPool) -> any StreamStore {
        var options = FileStreamStore.Options()
        // Small, so that segments follow one another.
        options.segmentByteCount = 96 << 10
        options.usesDirectIO = self == .direct
        switch self {
        case .memory: return MemoryStreamStore()
        case .direct, .buffered:
            return FileStreamStore(
                directory: FilePath(folder.path),
                pool: pool,
                options: options
            )
        }
    }
}

@Suite("what every store promises")
struct StreamStoreContractTests {
    private static let pool = BufferPool()

    private static func name() throws -> StreamName { try #require(StreamName("s")) }

    private static func piece(_ byteCount: Int, seed: UInt64) -> StreamPiece {
        var generator = SeededGenerator(seed: seed)
        var buffer = pool.makeBuffer(byteCount: byteCount)
        var bytes = buffer.mutableBytes
        for offset in 0..<byteCount {
            bytes.storeBytes(
                of: UInt8(truncatingIfNeeded: generator.next()),
                toByteOffset: offset,
                as: UInt8.self
            )
        }
        return StreamPiece(buffer.freeze())
    }

    private static func array(_ buffer: Buffer) -> [UInt8] {
        unsafe buffer.bytes.withUnsafeBytes { unsafe Array($0) }
    }

    /// Everything from `start` to the tail.
    private static func readAll(
        _ reader: any ByteStreamReader,
        from start: StreamOffset = .zero
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let tail = try await reader.bounds().tail
        var offset = start
        while offset < tail {
            let chunk = try #require(try await reader.read(at: offset, upTo: 1 << 20))
            guard case .sound(let buffer, _) = chunk.content else {
                Issue.record("damage at \(offset)")
                return bytes
            }
            bytes += array(buffer)
            offset = offset.advanced(by: chunk.byteCount)
        }
        return bytes
    }

    @Test("what is appended is read back, over reopenings too", arguments: StoreKind.allCases)
    func appendAndRead(kind: StoreKind) async throws {
        try await withTemporaryDirectory { folder in
            let store = kind.make(in: folder, pool: Self.pool)
            let name = try Self.name()
            #expect(try await store.createStream(name))
            #expect(try await !store.createStream(name))
            var generator = SeededGenerator(seed: 7)
            var expected: [UInt8] = []
            var epoch: UInt32 = 0
            for round in 0..<3 {
                let writer = try await store.openWriter(for: name)
                #expect(writer.epoch > epoch)
                epoch = writer.epoch
                for number in 0..<40 {
                    let pieces = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                        let size =
                            Bool.random(using: &generator)
                            ? Int.random(in: 1...300, using: &generator)
                            : Int.random(in: 1...9000, using: &generator)
                        return Self.piece(size, seed: generator.next())
                    }
                    let end = try await writer.append(pieces)
                    for piece in pieces { expected += Self.array(piece.bytes) }
                    #expect(end == StreamOffset(UInt64(expected.count)))
                    if number.isMultiple(of: 9) {
                        #expect(try await writer.flush() == end)
                        #expect(try await store.bounds(of: name).tail == end, "round \(round)")
                    }
                }
                try await writer.close()
            }
            let reader = try await store.openReader(for: name)
            #expect(try await Self.readAll(reader) == expected)
            #expect(try await store.faults(of: name).isEmpty)
            let half = StreamOffset(UInt64(expected.count / 2))
            try await store.truncateStream(name, before: half)
            let late = try await store.openReader(for: name)
            #expect(try await late.bounds().head == half)
            #expect(
                try await Self.readAll(late, from: half) == Array(expected[(expected.count / 2)...])
            )
            await #expect(throws: StreamError.self) { try await late.read(at: .zero, upTo: 1) }
        }
    }

    @Test("a piece comes back as it was appended, with its checksum", arguments: StoreKind.allCases)
    func pieces(kind: StoreKind) async throws {
        try await withTemporaryDirectory { folder in
            let store = kind.make(in: folder, pool: Self.pool)
            let name = try Self.name()
            try await store.createStream(name)
            let pieces = [
                Self.piece(60, seed: 1), Self.piece(10_000, seed: 2), Self.piece(32, seed: 3),
            ]
            try await store.withWriter(for: name) { _ = try await $0.append(pieces) }
            let reader = try await store.openReader(for: name)
            let chunk = try #require(try await reader.read(at: StreamOffset(60), upTo: 1 << 20))
            guard case .sound(let buffer, let checksum) = chunk.content else {
                Issue.record("damage")
                return
            }
            #expect(buffer == pieces[1].bytes)
            #expect(checksum == pieces[1].checksum)
        }
    }

    @Test("there is one writer, and a sealed stream has none", arguments: StoreKind.allCases)
    func writers(kind: StoreKind) async throws {
        try await withTemporaryDirectory { folder in
            let store = kind.make(in: folder, pool: Self.pool)
            let name = try Self.name()
            await #expect(throws: StreamError.self) { try await store.openWriter(for: name) }
            try await store.createStream(name)
            let writer = try await store.openWriter(for: name)
            let error = await #expect(throws: StreamError.self) {
                try await store.openWriter(for: name)
            }
            #expect(error?.code == .locked)
            _ = try await writer.append([Self.piece(5, seed: 1)])
            try await writer.close()
            try await store.sealStream(name)
            let sealed = await #expect(throws: StreamError.self) {
                try await store.openWriter(for: name)
            }
            #expect(sealed?.code == .sealed)
            let reader = try await store.openReader(for: name)
            let end = try await reader.read(at: StreamOffset(5), upTo: 1)
            #expect(end?.byteCount == nil)
            #expect(try await store.streamNames() == [name])
            try await store.deleteStream(name)
            #expect(try await store.streamNames().isEmpty)
        }
    }

    @Test(
        "a reader waits for the tail to move, and can be cancelled",
        arguments: StoreKind.allCases
    )
    func waiting(kind: StoreKind) async throws {
        try await withTemporaryDirectory { folder in
            let store = kind.make(in: folder, pool: Self.pool)
            let name = try Self.name()
            try await store.createStream(name)
            let writer = try await store.openWriter(for: name)
            let reader = try await store.openReader(for: name)
            async let chunk = reader.read(at: .zero, upTo: 10)
            _ = try await writer.append([Self.piece(3, seed: 1)])
            _ = try await writer.flush()
            #expect(try await chunk?.byteCount == 3)
            let cancelled = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await reader.read(at: StreamOffset(3), upTo: 10)
                        return false
                    } catch { return (error as? StreamError)?.code == .cancelled }
                }
                group.cancelAll()
                return await group.next() ?? false
            }
            #expect(cancelled)
            try await writer.close()
        }
    }
}
