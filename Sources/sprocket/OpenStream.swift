import Buffers
import ByteStreams
import Foundation
import SystemPackage

/// A stream that the user named, and the store that it is in: the one place that knows every store.
struct OpenStream {
    let location: StreamLocation
    let store: any StreamStore

    var name: StreamName { location.name }

    init(_ text: String, pool: BufferPool) throws {
        location = try StreamLocation(text)
        switch location {
        case .file(let directory, _):
            store = FileStreamStore(directory: directory, pool: pool)
        }
    }

    /// What the disk behind the stream still takes, in bytes, where there is one.
    var freeByteCount: UInt64? {
        switch location {
        case .file(let directory, _):
            // Not knowing it is no failure.
            let values = try? URL(fileURLWithPath: directory.string)
                .resourceValues(forKeys: [.volumeAvailableCapacityKey])
            return values?.volumeAvailableCapacity.map { UInt64($0) }
        }
    }
}
