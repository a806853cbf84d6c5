import Buffers
import ByteStreams
import FileStreams
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Counts the files that are opened.
private final class CountingFileSystem: FileSystem {
    let openCount = Atomic(0)
    private let files = LocalFileSystem()

    func open(_ path: FilePath, _ mode: FileOpening) throws(Errno) -> any OpenFile {
        openCount.add(1, ordering: .relaxed)
        return try files.open(path, mode)
    }

    func names(in folder: FilePath) throws(Errno) -> [String] { try files.names(in: folder) }
    func kind(of path: FilePath) throws(Errno) -> FileKind { try files.kind(of: path) }
    func makeFolder(_ path: FilePath) throws(Errno) { try files.makeFolder(path) }

    func remove(_ path: FilePath, _ kind: FileKind) throws(Errno) {
        try files.remove(path, kind)
    }

    func rename(_ path: FilePath, to new: FilePath, _ kind: FileKind) throws(Errno) {
        try files.rename(path, to: new, kind)
    }

    func syncFolder(_ path: FilePath) throws(Errno) { try files.syncFolder(path) }
}

@Suite("who waits at the tail of a stream on disk")
struct FollowerTests {
    private static var piece: StreamPiece {
        StreamPiece(Sample.pool.makeBuffer(byteCount: 5).freeze())
    }

    @Test("looks at nothing while nothing happens, and goes on when something does")
    func idle() async throws {
        try await withTemporaryDirectory { folder in
            let files = CountingFileSystem()
            var environment = StoreEnvironment.local
            environment.files = files
            let store = FileStreamStore(
                directory: FilePath(folder.path),
                pool: Sample.pool,
                options: FileStreamStore.Options(),
                environment: environment
            )
            let name = try #require(StreamName("s"))
            try await store.createStream(name)
            let writer = try await store.openWriter(for: name)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await store.withReader(for: name) {
                            try await $0.read(at: .zero, upTo: 100)?.byteCount
                        }
                    }
                }
                // Until all wait; then they must not look again, however long that takes.
                var before = -1
                while files.openCount.load(ordering: .relaxed) != before {
                    before = files.openCount.load(ordering: .relaxed)
                    try await Task.sleep(for: .milliseconds(500))
                }
                try await Task.sleep(for: .seconds(2))
                #expect(files.openCount.load(ordering: .relaxed) == before)
                _ = try await writer.append([Self.piece])
                _ = try await writer.flush()
                for try await byteCount in group { #expect(byteCount == 5) }
            }
            try await writer.close()
        }
    }

    @Test("hears of a seal and of a removal")
    func changes() async throws {
        try await withTemporaryDirectory { folder in
            let stream = try StreamFolder(folder, segmentByteCount: 1 << 20)
            let (store, name) = (stream.store, stream.name)
            try await store.createStream(name)
            try await store.withReader(for: name) { reader in
                async let end = reader.read(at: .zero, upTo: 1)
                try await Task.sleep(for: .milliseconds(100))
                try await store.sealStream(name)
                #expect(try await end == nil)
            }
            try await store.deleteStream(name)
            try await store.createStream(name)
            try await store.withReader(for: name) { reader in
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await reader.read(at: .zero, upTo: 1) }
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(100))
                        try await store.deleteStream(name)
                    }
                    let error = await #expect(throws: StreamError.self) {
                        try await group.waitForAll()
                    }
                    #expect(error?.code == .notFound)
                }
            }
        }
    }

    @Test("looks once a second where the system tells nothing, and says so")
    func untold() async throws {
        try await withTemporaryDirectory { folder in
            var environment = StoreEnvironment.local
            environment.changes = NoFileChanges("a test will have it so")
            let said = Mutex<[String]>([])
            let store = FileStreamStore(
                directory: FilePath(folder.path),
                pool: Sample.pool,
                options: FileStreamStore.Options(),
                environment: environment
            ) { event in
                guard case .looksAtIntervals(_, let reason) = event else { return }
                said.withLock { $0.append(reason) }
            }
            let name = try #require(StreamName("s"))
            try await store.createStream(name)
            let writer = try await store.openWriter(for: name)
            try await store.withReader(for: name) { reader in
                async let chunk = reader.read(at: .zero, upTo: 100)
                while said.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
                _ = try await writer.append([Self.piece])
                _ = try await writer.flush()
                #expect(try await chunk?.byteCount == 5)
            }
            try await writer.close()
            #expect(said.withLock { $0 } == ["a test will have it so"])
        }
    }
}
