import Buffers
import ByteStreams
import FileStreams
import Foundation
import FrameFormat
import FrameStreams
import SystemPackage
import TestSupport
import Testing

@Suite("a stream on disk with one wrong byte")
struct FlippedFileTests {
    #if DEBUG
        private static let stride = 31
    #else
        private static let stride = 1
    #endif

    /// A stream in files, and which bytes of which file belong to which frame.
    private struct StoredStream {
        let store: FileStreamStore
        let folder: URL
        let whole: [StreamItem]
        var places: [String: [(range: Range<Int>, record: StoredRecord)]] = [:]

        init(in directory: URL) async throws {
            var options = FileStreamStore.Options()
            options.segmentByteCount = 48 << 10
            options.usesDirectIO = false
            store = FileStreamStore(
                directory: FilePath(directory.path),
                pool: Samples.pool,
                options: options
            )
            folder = directory.appendingPathComponent("stream")
            let writer = try await Samples.writer(store)
            _ = try await writer.beginSource(
                name: "clip",
                fingerprint: Samples.fingerprint,
                selection: "all"
            )
            // The third has pages of its own, the others share the blocks of their entries.
            for (index, byteCount) in [40, 300, 5000, 41].enumerated() {
                let number = UInt64(index + 1)
                try await writer.append(
                    try Samples.frame(number, source: 1, byteCount: byteCount, flags: .keyframe)
                )
                try await writer.flush()
            }
            try await writer.append(Samples.gap(after: 4, source: 1))
            try await writer.endSource()
            try await writer.close()
            whole = try await Samples.items(store)
            for stored in whole.stored { try await locate(stored) }
        }

        /// The files, the lock apart.
        var files: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: folder.path)
                    .filter { $0 != "LOCK" }.sorted()
            }
        }

        /// Notes where the bytes of a frame's record stand: all before the payload, the payload,
        /// and the trailer.
        private mutating func locate(_ stored: StoredRecord) async throws {
            guard case .frame(let frame) = stored.record else { return }
            let reader = try await store.openReader(for: Samples.name())
            var record = Foundation.Data()
            while record.count < Int(stored.byteCount) {
                let chunk = try #require(
                    try await reader.read(
                        at: StreamOffset(stored.offset + UInt64(record.count)),
                        upTo: Int(stored.byteCount) - record.count
                    )
                )
                guard case .sound(let bytes, _) = chunk.content else {
                    Issue.record("a new stream is damaged at \(chunk.offset)")
                    return
                }
                record.append(contentsOf: unsafe bytes.bytes.withUnsafeBytes { unsafe Array($0) })
            }
            let payload = Foundation.Data(
                unsafe frame.payload.bytes.withUnsafeBytes { unsafe Array($0) }
            )
            let inside = try #require(record.range(of: payload))
            let parts = [record[..<inside.lowerBound], payload, record[inside.upperBound...]]
            for part in parts {
                var found = 0
                for file in try files {
                    let bytes = try Foundation.Data(
                        contentsOf: folder.appendingPathComponent(file)
                    )
                    guard let range = bytes.range(of: part) else { continue }
                    places[file, default: []].append((range, stored))
                    found += 1
                }
                #expect(found == 1, "a part of frame \(frame.header.sequence) stands once")
            }
        }
    }

    @Test(
        "anywhere (in debug: at one position in 31) is found, and costs its frame and no other",
        arguments: 0..<2
    )
    func flips(half: Int) async throws {
        try await withTemporaryDirectory { directory in
            let stream = try await StoredStream(in: directory)
            #expect(try await Samples.findings(stream.store).1.isClean)
            for file in try stream.files {
                let path = stream.folder.appendingPathComponent(file)
                let sound = try Foundation.Data(contentsOf: path)
                let handle = try FileHandle(forWritingTo: path)
                let first = half * Self.stride
                for position in Swift.stride(from: first, to: sound.count, by: 2 * Self.stride) {
                    let byte = sound[position]
                    try Self.put(byte ^ 1 << UInt8(position % 8), at: position, into: handle)
                    try await check(stream, file: file, position: position)
                    try Self.put(byte, at: position, into: handle)
                }
                try handle.close()
            }
            #expect(try await Samples.items(stream.store) == stream.whole)
        }
    }

    private static func put(_ byte: UInt8, at position: Int, into handle: FileHandle) throws {
        try handle.seek(toOffset: UInt64(position))
        try handle.write(contentsOf: [byte])
    }

    private func check(_ stream: StoredStream, file: String, position: Int) async throws {
        let hit = stream.places[file]?.first { $0.range.contains(position) }?.record
        let expected = stream.whole.stored.filter { stored in
            guard case .frame = stored.record else { return false }
            return stored != hit
        }
        let items = try await Samples.items(stream.store)
        let frames = items.stored.filter { stored in
            guard case .frame = stored.record else { return false }
            return true
        }
        #expect(frames == expected, "\(file) byte \(position)")
        let (findings, result) = try await Samples.findings(stream.store)
        #expect(!result.isClean, "\(file) byte \(position)")
        guard let hit else { return }
        #expect(
            findings.contains {
                $0.severity == .damage && $0.offset == hit.offset && $0.recordNumber != nil
                    && $0.sequence == hit.place.sequence
            },
            "\(file) byte \(position): \(findings)"
        )
        #expect(items.missing.map(\.first) == [hit.place.sequence], "\(file) byte \(position)")
    }
}
