import Buffers
import ByteStreams
import FileStreams
import Foundation
import SystemPackage
import Testing

/// The folder of one stream of a file store, whose files a test changes behind the store's back.
struct StreamFolder {
    /// The folder that the store knows.
    let directory: URL
    let name: StreamName
    let store: FileStreamStore

    init(
        _ directory: URL,
        name: String = "s",
        segmentByteCount: Int,
        usesDirectIO: Bool = false
    ) throws {
        var options = FileStreamStore.Options()
        options.segmentByteCount = segmentByteCount
        options.usesDirectIO = usesDirectIO
        self.directory = directory
        self.name = try #require(StreamName(name))
        store = FileStreamStore(
            directory: FilePath(directory.path),
            pool: Sample.pool,
            options: options
        )
    }

    private var url: URL { directory.appendingPathComponent(name.description) }

    /// Where a file of the stream lies.
    func path(_ file: String) -> URL { url.appendingPathComponent(file) }

    /// All files by name, the lock apart, which is always empty.
    ///
    /// Beside a writer, what says how far the stream is durable is read first: what is read after
    /// it is at least that, as on a disk after a crash.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for file in ["COMMIT", "MANIFEST.0", "MANIFEST.1"] {
            files[file] = try Data(contentsOf: path(file))
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: url.path)
        where file.hasSuffix(".segment") {
            files[file] = try Data(contentsOf: path(file))
        }
        return files
    }

    /// Replaces whatever the folder holds.
    func replaceFiles(with files: [String: Data]) throws {
        if FileManager.default.fileExists(atPath: url.path) {
            try FileManager.default.removeItem(at: url)
        }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (file, contents) in files { try contents.write(to: path(file)) }
    }

    /// The names of the segments in the order of their bytes.
    static func segments(of files: [String: Data]) -> [String] {
        files.keys.filter { $0.hasSuffix(".segment") }.sorted()
    }
}
