import ByteStreams
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FileStreams

/// An entry far from those that a reader knows is found by halving; what is damaged elsewhere does
/// not lead it astray.
@Suite("reads far from each other in the files of a stream")
struct FarReadTests {
    private static let count = 600

    /// A closed stream of one segment, and the bytes and offsets of its appends.
    private static func closedStream(
        in folder: URL,
        hasLarge: Bool
    ) async throws -> (StreamFolder, bytes: [UInt8], starts: [Int]) {
        let stream = try StreamFolder(folder, segmentByteCount: 256 << 20)
        var generator = SeededGenerator(seed: hasLarge ? 3 : 4)
        var (bytes, starts): ([UInt8], [Int]) = ([], [])
        try await stream.store.createStream(stream.name)
        let writer = try await stream.store.openWriter(for: stream.name)
        for number in 0..<count {
            let isLarge = hasLarge && number % 100 > 90
            let pieces =
                isLarge
                ? [Sample.piece(70_000, using: &generator)] : Sample.append(using: &generator)
            starts.append(bytes.count)
            bytes += Sample.array(pieces)
            _ = try await writer.append(pieces)
        }
        try await writer.close()
        try #require(try StreamFolder.segments(of: stream.files()).count == 1)
        return (stream, bytes, starts)
    }

    /// Whether the bytes of an append come back, to a reader that has read elsewhere before.
    private static func isSound(
        _ start: Int,
        of bytes: [UInt8],
        _ reader: any ByteStreamReader
    ) async throws -> Bool {
        let offset = StreamOffset(UInt64(start))
        let chunk = try #require(try await reader.read(at: offset, upTo: 1 << 20))
        #expect(chunk.offset == offset)
        guard case .sound(let buffer, _) = chunk.content else { return false }
        let found = Sample.array(buffer)
        #expect(found.elementsEqual(bytes[start..<start + found.count]))
        return true
    }

    @Test("give the bytes that were appended there", arguments: [false, true])
    func order(hasLarge: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let (stream, bytes, starts) = try await Self.closedStream(
                in: folder,
                hasLarge: hasLarge
            )
            var generator = SeededGenerator(seed: 5)
            let orders = [
                starts.reversed(), starts.shuffled(using: &generator),
                stride(from: 0, to: Self.count, by: 47).map { starts[$0] },
            ]
            for order in orders {
                let reader = try await stream.store.openReader(for: stream.name)
                for start in order {
                    #expect(try await Self.isSound(start, of: bytes, reader))
                }
                await reader.close()
            }
        }
    }

    @Test("begin a few entries in front of what they look for")
    func halving() async throws {
        try await withTemporaryDirectory { folder in
            let (stream, _, starts) = try await Self.closedStream(in: folder, hasLarge: false)
            let place = FilePath(folder.appendingPathComponent(stream.name.description).path)
            let access = FileAccess(environment: .local, pool: Sample.pool)
            let segment = try SegmentFile(folder: place, base: .zero, access)
            for number in stride(from: 0, to: Self.count, by: 7) {
                let found = try segment.entry(
                    before: StreamOffset(UInt64(starts[number])),
                    from: (.zero, SegmentHeader.byteCount),
                    to: try segment.byteCount()
                )
                let index = try #require(starts.firstIndex(of: Int(found.offset.value)))
                #expect(index <= number)
                #expect(number - index <= FileStreamLimits.walkedBlockCount)
                let slot = try segment.slot(at: found.position, offset: found.offset, limit: nil)
                guard case .entry(_, found.position, _, isSound: true) = slot else {
                    Issue.record("no entry at \(found)")
                    continue
                }
            }
        }
    }

    @Test("are as sound as reads in order, where heads of entries are damaged")
    func damage() async throws {
        try await withTemporaryDirectory { folder in
            let (stream, bytes, starts) = try await Self.closedStream(in: folder, hasLarge: false)
            let name = try #require(try StreamFolder.segments(of: stream.files()).first)
            var segment = try #require(try stream.files()[name])
            // The heads begin with the same four bytes; every eleventh is flipped.
            let magic = segment[8192..<8196]
            let heads = stride(from: 8192, to: segment.count, by: 4096).filter {
                segment[$0..<$0 + 4].elementsEqual(magic)
            }
            for head in stride(from: 5, to: heads.count - 1, by: 11) {
                segment[heads[head] + 70] ^= 1
            }
            try segment.write(to: stream.path(name))
            let inOrder = try await stream.store.openReader(for: stream.name)
            var expected: [Bool] = []
            for start in starts {
                expected.append(try await Self.isSound(start, of: bytes, inOrder))
            }
            #expect(expected.contains(false) && expected.count { $0 } > Self.count / 2)
            let far = try await stream.store.openReader(for: stream.name)
            for (start, isSound) in zip(starts, expected).reversed() {
                #expect(try await Self.isSound(start, of: bytes, far) == isSound)
            }
        }
    }
}
