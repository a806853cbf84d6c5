import Buffers
import ByteStreams
import Stages
import SystemPackage

/// A stream that the user named, and the store that it is in: the one place that knows every store.
struct OpenStream {
    let location: StreamLocation
    let store: any StreamStore

    var name: StreamName { location.name }

    /// Opens the store of a stream.
    ///
    /// - Parameters:
    ///   - options: How the stream is written, if it is.
    ///   - console: Where the store's own news go.
    init(
        _ text: String,
        pool: BufferPool,
        options: FileStreamStore.Options = FileStreamStore.Options(),
        console: Console? = nil
    ) throws {
        location = try StreamLocation(text)
        switch location {
        case .file(let directory, _):
            store = FileStreamStore(directory: directory, pool: pool, options: options) { event in
                console?.warn(Self.text(event))
            }
        }
    }

    private static func text(_ event: FileStreamEvent) -> String {
        switch event {
        case .waitsForRoom(let name, let error):
            "the disk of stream \(name) is full, waiting for room; what is reported as stored is kept (\(error))"
        case .goesOn(let name): "there is room again for stream \(name)"
        }
    }

    /// How the stream lies on the disk, where that is known.
    var storage: FileStreamStorage? {
        get async throws {
            try await (store as? FileStreamStore)?.storage(of: name)
        }
    }

    /// What the disk behind the stream still takes, in bytes, where there is one.
    var freeByteCount: UInt64? {
        switch location {
        case .file(let directory, _):
            Files.freeByteCount(of: directory)
        }
    }
}
