import Buffers
import ByteStreams
import FileStreams

/// The kinds of stores that the command knows: the one place that names them.
enum Stores {
    static let directory = StoreDirectory([
        StoreLocation.fileScheme: { (opening) throws(StreamError) in try FileStreamStore(opening) }
    ])

    /// Opens the store of a stream.
    ///
    /// - Parameters:
    ///   - policy: How the stream is written, if it is.
    ///   - console: Where the store's own news go.
    static func stream(
        _ text: String,
        policy: StoragePolicy = StoragePolicy(),
        pool: BufferPool,
        console: Console? = nil
    ) throws -> OpenStream {
        let stream = try directory.stream(text, policy: policy, pool: pool) { event in
            console?.warn(Self.text(event))
        }
        if let aspect = stream.store.traits.refusal(of: policy) {
            throw StreamError(
                .invalid,
                "the store of \(stream.location) cannot do what \(Self.flag(aspect)) asks; leave it out"
            )
        }
        return stream
    }

    private static func flag(_ aspect: StorageAspect) -> String {
        switch aspect {
        case .sync: "--sync"
        case .room: "--full-disk"
        case .retention: "--retain"
        }
    }

    private static func text(_ event: StoreEvent) -> String {
        switch event {
        case .waitsForRoom(let name, let error):
            "the disk of stream \(name) is full, waiting for room; what is reported as stored is kept (\(error))"
        case .goesOn(let name): "there is room again for stream \(name)"
        case .looksAtIntervals(let name, let reason):
            "stream \(name) is looked at once a second for what is new: \(reason)"
        }
    }
}
