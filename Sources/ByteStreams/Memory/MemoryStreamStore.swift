internal import Synchronization

/// Keeps streams in memory: the reference implementation of the contract, for tests and examples.
///
/// Durable means here: as long as the store lives.
public final class MemoryStreamStore: StreamStore {
    private let streams = Mutex<[StreamName: MemoryStream]>([:])

    /// Makes an empty store.
    public init() {}

    /// What it does that others may not.
    public var traits: StoreTraits {
        StoreTraits(
            keepsPieces: true,
            checksBytes: false,
            honoursSyncLevel: false,
            honoursRoomPolicy: false,
            honoursRetention: false,
            canTakeOver: true,
            durability: "as long as this store lives"
        )
    }

    /// Makes sure that a stream exists.
    @discardableResult
    public func createStream(_ name: StreamName) async throws(StreamError) -> Bool {
        streams.withLock { streams in
            guard streams[name] == nil else { return false }
            streams[name] = MemoryStream(name: name)
            return true
        }
    }

    /// The bounds of a stream.
    public func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds {
        try stream(name).bounds
    }

    /// Opens the one writer.
    public func openWriter(
        for name: StreamName,
        takingOver: Bool
    ) async throws(StreamError) -> any ByteStreamWriter {
        try stream(name).openWriter(takingOver: takingOver)
    }

    /// Opens a reader.
    public func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader {
        MemoryStreamReader(stream: try stream(name))
    }

    /// Gives up the bytes before `offset`.
    public func truncateStream(
        _ name: StreamName,
        before offset: StreamOffset
    ) async throws(StreamError) {
        try stream(name).truncate(before: offset)
    }

    /// Ends a stream.
    public func sealStream(_ name: StreamName) async throws(StreamError) {
        try stream(name).seal()
    }

    /// Removes a stream.
    public func deleteStream(_ name: StreamName) async throws(StreamError) {
        guard streams.withLock({ $0.removeValue(forKey: name) }) != nil else {
            throw StreamError(.notFound, "there is no stream \(name) in memory")
        }
    }

    /// The streams by name.
    public func streamNames() async throws(StreamError) -> [StreamName] {
        streams.withLock { $0.keys.sorted() }
    }

    /// Memory has nothing beside the bytes.
    public func faults(of name: StreamName) async throws(StreamError) -> [StoreFault] {
        _ = try stream(name)
        return []
    }

    private func stream(_ name: StreamName) throws(StreamError) -> MemoryStream {
        guard let stream = streams.withLock({ $0[name] }) else {
            throw StreamError(.notFound, "there is no stream \(name) in memory")
        }
        return stream
    }
}
