import Buffers
import ByteStreams
import FileStreams
import Foundation
import TestSupport
import Testing

@Suite("the files of a stream")
struct FileStreamStoreTests {
    /// Bytes of a block, of which a file of a stream is made.
    private static let blockByteCount = 4096
    /// A segment of two small appends, so that four make two segments.
    private static let segmentByteCount = 7 * blockByteCount
    /// Sizes of pieces: those up to 2 KiB stand inside the head block of their entry.
    private static let sizes = [[56, 300], [40, 2100, 32], [7, 11], [90, 2500]]
    /// One byte in so many is flipped: most are padding, and each takes milliseconds.
    private static let stepCount = 50

    /// A closed stream of two segments, and its appends.
    private static func closedStream(in folder: URL) async throws -> (StreamFolder, [[UInt8]]) {
        let stream = try StreamFolder(folder, segmentByteCount: segmentByteCount)
        var generator = SeededGenerator(seed: 1)
        let appends = sizes.map { sizes in
            sizes.map { Sample.piece($0, using: &generator) }
        }
        try await stream.store.createStream(stream.name)
        try await stream.store.withWriter(for: stream.name) { writer in
            for pieces in appends {
                _ = try await writer.append(pieces)
                _ = try await writer.flush()
            }
        }
        let segments = try StreamFolder.segments(of: stream.files())
        try #require(segments.count == 2)
        return (stream, appends.map { Sample.array($0) })
    }

    /// Which appends do not come back whole. What does is compared, and so is all that is called
    /// sound.
    private static func damagedAppends(
        _ stream: StreamFolder,
        _ appends: [[UInt8]]
    ) async throws -> Set<Int> {
        let expected = appends.flatMap { $0 }
        let reader = try await stream.store.openReader(for: stream.name)
        var damaged: Set<Int> = []
        var end = 0
        let ranges = appends.map { append in
            end += append.count
            return end - append.count..<end
        }
        for chunk in try await Sample.chunks(reader) {
            let start = Int(chunk.offset.value)
            let range = start..<start + chunk.byteCount
            if case .sound(let buffer, _) = chunk.content {
                guard range.upperBound <= expected.count else { continue }
                #expect(Sample.array(buffer) == Array(expected[range]), "bytes from \(start)")
            } else {
                for (index, append) in ranges.enumerated() where append.overlaps(range) {
                    damaged.insert(index)
                }
            }
        }
        #expect(try await reader.bounds().tail.value >= UInt64(expected.count))
        return damaged
    }

    @Test(
        "of all bytes a fiftieth is flipped: each shows, and harms no append but its own",
        arguments: 0..<2
    )
    func flips(half: Int) async throws {
        try await withTemporaryDirectory { folder in
            let (stream, appends) = try await Self.closedStream(in: folder)
            var generator = SeededGenerator(seed: UInt64(half))
            for (file, sound) in try stream.files().sorted(by: { $0.key < $1.key }) {
                for step in Swift.stride(
                    from: half * Self.stepCount,
                    to: sound.count,
                    by: 2 * Self.stepCount
                ) {
                    let steps = step..<min(step + Self.stepCount, sound.count)
                    let place = Int.random(in: steps, using: &generator)
                    var damaged = sound
                    damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    try damaged.write(to: stream.path(file))
                    let harmed = try await Self.damagedAppends(stream, appends)
                    #expect(harmed.count <= 1, "\(file) byte \(place)")
                    if harmed.isEmpty {
                        let faults = try await stream.store.faults(of: stream.name)
                        #expect(!faults.isEmpty, "\(file) byte \(place)")
                    }
                }
                try sound.write(to: stream.path(file))
            }
            #expect(try await stream.store.faults(of: stream.name).isEmpty)
            #expect(try await Self.damagedAppends(stream, appends).isEmpty)
        }
    }

    @Test("a stream whose last segment is cut off anywhere is written on, and keeps what is below")
    func cuts() async throws {
        try await withTemporaryDirectory { folder in
            let (stream, appends) = try await Self.closedStream(in: folder)
            let files = try stream.files()
            let last = try #require(StreamFolder.segments(of: files).last)
            let sound = try #require(files[last])
            // Two blocks of header, the third append in one block, the fourth in two, the seal. Of
            // the second block, only zeroes follow the piece, which a cut does not change.
            let ends = [3 * Self.blockByteCount, 4 * Self.blockByteCount + 2500]
            try #require(sound.count == 6 * Self.blockByteCount)
            var generator = SeededGenerator(seed: 2)
            for length in Swift.stride(from: 0, to: sound.count, by: 512) {
                var cut = files
                cut[last] = Data(sound.prefix(length))
                try stream.replaceFiles(with: cut)
                let more = Sample.piece(99, using: &generator)
                let writer = try await stream.store.openWriter(for: stream.name)
                #expect(writer.epoch == 2)
                // What was acknowledged keeps its offsets, even if it cannot be read any more.
                #expect(writer.tail.value == UInt64(appends.joined().count), "cut at \(length)")
                _ = try await writer.append([more])
                try await writer.close()
                let expected = appends + [Sample.array([more])]
                let damaged = try await Self.damagedAppends(stream, expected)
                let below = ends.filter { $0 <= length }.count
                #expect(damaged == Set([2, 3].dropFirst(below)), "cut at \(length)")
            }
        }
    }

    @Test(
        "an append that was not acknowledged comes back whole or not at all",
        arguments: [true, false]
    )
    func tornAppend(isCut: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let source = try StreamFolder(folder, segmentByteCount: 1 << 20)
            let image = try StreamFolder(folder, name: "image", segmentByteCount: 1 << 20)
            var generator = SeededGenerator(seed: 3)
            let pieces = [56, 5000, 40].map { Sample.piece($0, using: &generator) }
            try await source.store.createStream(source.name)
            let writer = try await source.store.openWriter(for: source.name)
            _ = try await writer.append(pieces)
            let flushed = try await writer.flush()
            let before = try source.files()
            let accepted = try await writer.append(pieces)
            _ = try await writer.flush()
            let segment = try #require(StreamFolder.segments(of: before).first)
            let written = try Data(contentsOf: source.path(segment))
            // Header, head and two pages of the first append; as much again for the second.
            let end = 8 * Self.blockByteCount
            for length in Swift.stride(from: 5 * Self.blockByteCount, through: end, by: 512) {
                var files = before
                let rest = isCut ? 0 : written.count - length
                files[segment] = written.prefix(length) + Data(count: rest)
                try image.replaceFiles(with: files)
                let recovered = try await image.store.openWriter(for: image.name)
                // The last page ends in zeroes, which a cut or a page of zeroes does not change.
                if length == end { #expect(recovered.tail == accepted) }
                if length <= end - Self.blockByteCount { #expect(recovered.tail == flushed) }
                #expect([flushed, accepted].contains(recovered.tail), "torn at \(length)")
                let tail = recovered.tail
                _ = try await recovered.append(pieces)
                try await recovered.close()
                let bytes = Sample.array(pieces)
                let count = tail == accepted ? 3 : 2
                let reader = try await image.store.openReader(for: image.name)
                #expect(
                    try await Sample.soundBytes(reader)
                        == Array(repeatElement(bytes, count: count).joined())
                )
                #expect(try await image.store.faults(of: image.name) == [], "torn at \(length)")
            }
            try await writer.close()
        }
    }

    @Test(
        "what a writer that never closes has flushed is there for the next one",
        arguments: [48 << 10, 1 << 20],
        [true, false]
    )
    func crashImages(segmentByteCount: Int, usesDirectIO: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let source = try StreamFolder(
                folder,
                segmentByteCount: segmentByteCount,
                usesDirectIO: usesDirectIO
            )
            let image = try StreamFolder(folder, name: "image", segmentByteCount: segmentByteCount)
            var generator = SeededGenerator(seed: 4)
            var expected: [UInt8] = []
            try await source.store.createStream(source.name)
            let writer = try await source.store.openWriter(for: source.name)
            for round in 0..<12 {
                var flushed = StreamOffset.zero
                for part in 0..<2 {
                    let pieces = Sample.append(using: &generator)
                    _ = try await writer.append(pieces)
                    expected += Sample.array(pieces)
                    if part == 0 { flushed = try await writer.flush() }
                }
                try image.replaceFiles(with: source.files())
                let recovered = try await image.store.openWriter(for: image.name)
                let tail = recovered.tail
                #expect(tail >= flushed && tail.value <= UInt64(expected.count), "round \(round)")
                #expect(recovered.epoch == writer.epoch + 1)
                let more = Sample.append(using: &generator)
                _ = try await recovered.append(more)
                try await recovered.close()
                let reader = try await image.store.openReader(for: image.name)
                let bytes = try await Sample.soundBytes(reader)
                #expect(bytes == expected.prefix(Int(tail.value)) + Sample.array(more))
            }
            try await writer.close()
        }
    }

    @Test("damage to what was acknowledged is no torn tail, though the mark of it is lost")
    func damagedBelowWatermark() async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(folder, segmentByteCount: 1 << 20)
            var generator = SeededGenerator(seed: 7)
            let appends = (0..<4).map { _ in
                [56, 5000].map { Sample.piece($0, using: &generator) }
            }
            try await stream.store.createStream(stream.name)
            let writer = try await stream.store.openWriter(for: stream.name)
            let mark = try #require(try stream.files()["COMMIT"])
            for pieces in appends {
                _ = try await writer.append(pieces)
                _ = try await writer.flush()
            }
            var files = try stream.files()
            try await writer.close()
            // As a power cut may leave it: the mark is written without a sync. A byte in the piece
            // behind the head of the first entry is wrong.
            files["COMMIT"] = mark
            let segment = try #require(StreamFolder.segments(of: files).first)
            files[segment]?[3 * Self.blockByteCount + 9] ^= 1
            try stream.replaceFiles(with: files)
            let bytes = appends.map { Sample.array($0) }
            let reopened = try await stream.store.openWriter(for: stream.name)
            #expect(reopened.tail.value == UInt64(bytes.joined().count))
            try await reopened.close()
            #expect(try await Self.damagedAppends(stream, bytes) == [0])
        }
    }

    @Test("a crash while a stream is made or removed is in nobody's way", arguments: [0, 1, 2, 3])
    func unfinishedFolders(fileCount: Int) async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(folder, segmentByteCount: 1 << 20)
            for prefix in [".creating", ".deleted"] {
                let aside = folder.appendingPathComponent("\(prefix)-\(stream.name)")
                try FileManager.default.createDirectory(
                    at: aside,
                    withIntermediateDirectories: true
                )
                for file in ["LOCK", "COMMIT", "MANIFEST.0"].prefix(fileCount) {
                    try Data(count: 7).write(to: aside.appendingPathComponent(file))
                }
            }
            #expect(try await stream.store.streamNames().isEmpty)
            #expect(try await stream.store.createStream(stream.name))
            #expect(try await stream.store.faults(of: stream.name).isEmpty)
            try await stream.store.deleteStream(stream.name)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }

    @Test("a crash between the manifests of a sealed stream leaves no fault, and sealing mends it")
    func sealedInOneManifest() async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(folder, segmentByteCount: 1 << 20)
            try await stream.store.createStream(stream.name)
            // Sealing opens the stream once more, and so does this.
            try await stream.store.withWriter(for: stream.name) { _ in }
            let open = try #require(try stream.files()["MANIFEST.1"])
            try await stream.store.deleteStream(stream.name)
            try await stream.store.createStream(stream.name)
            try await stream.store.sealStream(stream.name)
            var files = try stream.files()
            let sealed = try #require(files["MANIFEST.0"])
            files["MANIFEST.1"] = open
            try stream.replaceFiles(with: files)
            #expect(try await stream.store.faults(of: stream.name) == [])
            // The newest copy counts.
            #expect(try await stream.store.openReader(for: stream.name).bounds().isSealed)
            try await stream.store.sealStream(stream.name)
            // The copy that is left when the other is lost must say it too.
            files = try stream.files()
            files["MANIFEST.0"] = Data(count: sealed.count)
            try stream.replaceFiles(with: files)
            let bounds = try await stream.store.openReader(for: stream.name).bounds()
            #expect(bounds.isSealed)
        }
    }

    @Test("a crash between the seal of a segment and its cutting to size leaves no fault")
    func sealedAndNotCut() async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(folder, segmentByteCount: 1 << 20)
            var generator = SeededGenerator(seed: 6)
            let pieces = Sample.append(using: &generator)
            try await stream.store.createStream(stream.name)
            let writer = try await stream.store.openWriter(for: stream.name)
            _ = try await writer.append(pieces)
            _ = try await writer.flush()
            var files = try stream.files()
            let segment = try #require(StreamFolder.segments(of: files).first)
            let reserved = try #require(files[segment]).count
            try await writer.close()
            let sealed = try Data(contentsOf: stream.path(segment))
            try #require(sealed.count < reserved)
            files[segment] = sealed + Data(count: reserved - sealed.count)
            try stream.replaceFiles(with: files)
            try await stream.store.withWriter(for: stream.name) { _ = try await $0.append(pieces) }
            let reader = try await stream.store.openReader(for: stream.name)
            let bytes = Sample.array(pieces)
            #expect(try await Sample.soundBytes(reader) == bytes + bytes)
            #expect(try await stream.store.faults(of: stream.name) == [])
        }
    }

    @Test(
        "a reader beside the writer sees exactly what was flushed",
        arguments: [true, false]
    )
    func readerBesideWriter(usesDirectIO: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(
                folder,
                segmentByteCount: 1 << 30,
                usesDirectIO: usesDirectIO
            )
            var generator = SeededGenerator(seed: 5)
            var expected: [UInt8] = []
            try await stream.store.createStream(stream.name)
            let writer = try await stream.store.openWriter(for: stream.name)
            let reader = try await stream.store.openReader(for: stream.name)
            for _ in 0..<30 {
                let pieces = Sample.append(using: &generator)
                _ = try await writer.append(pieces)
                #expect(try await reader.bounds().tail.value == UInt64(expected.count))
                expected += Sample.array(pieces)
                #expect(try await writer.flush().value == UInt64(expected.count))
                #expect(try await Sample.soundBytes(reader) == expected)
            }
            try await writer.close()
        }
    }
}
