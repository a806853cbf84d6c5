import Buffers
import ByteStreams
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("damage to the files of a stream")
struct FileStreamDamageTests {
    private static let pool = BufferPool()
    /// One byte in so many is flipped; each start moves the grid, and a full pass takes long.
    private static let stepCount = 509

    /// A small closed stream with inline and external pieces, and what it holds.
    private static func makeStream(in folder: URL) async throws -> [UInt8] {
        let store = FileStreamStore(directory: FilePath(folder.path), pool: pool)
        let name = try #require(StreamName("s"))
        try await store.createStream(name)
        var expected: [UInt8] = []
        try await store.withWriter(for: name) { writer in
            for number in 0..<4 {
                var pieces: [StreamPiece] = []
                for size in [56, number == 2 ? 300 : 5000, 32] {
                    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
                    pieces.append(StreamPiece(unsafe pool.makeBuffer(copying: bytes.span.bytes)))
                    expected += bytes
                }
                _ = try await writer.append(pieces)
                _ = try await writer.flush()
            }
        }
        return expected
    }

    @Test(
        "every flipped byte is found, and no wrong byte passes for sound",
        arguments: [0, 17, 40]
    )
    func flips(start: Int) async throws {
        try await withTemporaryDirectory { folder in
            let expected = try await Self.makeStream(in: folder)
            let store = FileStreamStore(directory: FilePath(folder.path), pool: Self.pool)
            let name = try #require(StreamName("s"))
            let stream = folder.appendingPathComponent("s")
            for file in try FileManager.default.contentsOfDirectory(atPath: stream.path).sorted()
            where file != "LOCK" {
                let path = stream.appendingPathComponent(file)
                let sound = try Data(contentsOf: path)
                for place in Swift.stride(from: start, to: sound.count, by: Self.stepCount) {
                    var damaged = sound
                    damaged[place] ^= 1 << UInt8(place % 8)
                    try damaged.write(to: path)
                    let isFound = try await Self.isFound(store, name, expected)
                    #expect(isFound, "\(file) byte \(place)")
                }
                try sound.write(to: path)
            }
        }
    }

    /// Whether damage shows, while all that is called sound is right.
    private static func isFound(
        _ store: FileStreamStore,
        _ name: StreamName,
        _ expected: [UInt8]
    ) async throws -> Bool {
        var isFound = try await !store.faults(of: name).isEmpty
        let reader = try await store.openReader(for: name)
        let tail = try await reader.bounds().tail
        #expect(tail.value == UInt64(expected.count))
        var offset = StreamOffset.zero
        while offset < tail {
            let chunk = try #require(try await reader.read(at: offset, upTo: 1 << 20))
            if case .sound(let buffer, _) = chunk.content {
                let bytes = unsafe buffer.bytes.withUnsafeBytes { unsafe Array($0) }
                let place = Int(offset.value)
                #expect(bytes == Array(expected[place..<place + bytes.count]))
            } else {
                isFound = true
            }
            offset = offset.advanced(by: chunk.byteCount)
        }
        return isFound
    }

    @Test("a stream whose last segment is cut off anywhere opens again, whole up to the cut")
    func cuts() async throws {
        try await withTemporaryDirectory { folder in
            let expected = try await Self.makeStream(in: folder)
            let source = folder.appendingPathComponent("s")
            let file = String(repeating: "0", count: 20) + ".segment"
            let sound = try Data(contentsOf: source.appendingPathComponent(file))
            let name = try #require(StreamName("s"))
            for length in Swift.stride(from: 0, to: sound.count, by: 5003) {
                try sound.prefix(length).write(to: source.appendingPathComponent(file))
                let store = FileStreamStore(directory: FilePath(folder.path), pool: Self.pool)
                let reader = try await store.openReader(for: name)
                var offset = StreamOffset.zero
                let tail = try await reader.bounds().tail
                while offset < tail {
                    let chunk = try #require(try await reader.read(at: offset, upTo: 1 << 20))
                    if case .sound(let buffer, _) = chunk.content {
                        let bytes = unsafe buffer.bytes.withUnsafeBytes { unsafe Array($0) }
                        let place = Int(offset.value)
                        #expect(bytes == Array(expected[place..<place + bytes.count]))
                    }
                    offset = offset.advanced(by: chunk.byteCount)
                }
                // Nothing acknowledged is forgotten, even if it cannot be read.
                #expect(tail.value == UInt64(expected.count), "cut at \(length)")
            }
        }
    }

    @Test(
        "a folder that is copied while a writer is at work is the stream up to its last flush, or more"
    )
    func crashImage() async throws {
        try await withTemporaryDirectory { folder in
            let store = FileStreamStore(directory: FilePath(folder.path), pool: Self.pool)
            let name = try #require(StreamName("s"))
            let copy = try #require(StreamName("copy"))
            try await store.createStream(name)
            let writer = try await store.openWriter(for: name)
            let bytes = [UInt8](repeating: 5, count: 5000)
            let piece = StreamPiece(unsafe Self.pool.makeBuffer(copying: bytes.span.bytes))
            for round in 1...8 {
                _ = try await writer.append([piece])
                let flushed = try await writer.flush()
                _ = try await writer.append([piece])
                let image = folder.appendingPathComponent("copy")
                try? FileManager.default.removeItem(at: image)
                try FileManager.default.copyItem(
                    at: folder.appendingPathComponent("s"),
                    to: image
                )
                let recovered = try await store.openWriter(for: copy)
                #expect(recovered.tail >= flushed, "round \(round)")
                #expect(recovered.epoch == writer.epoch + 1)
                _ = try await recovered.append([piece])
                try await recovered.close()
                #expect(try await store.faults(of: copy).isEmpty, "round \(round)")
            }
            try await writer.close()
        }
    }
}
