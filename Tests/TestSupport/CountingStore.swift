public import ByteStreams
internal import Synchronization

/// A store around another that counts who has a reader or a writer open, and can fail at any of its
/// calls.
public final class CountingStore: StreamStore {
    private struct State {
        var openCount = 0
        var openedCount = 0
        var callCount = 0
        var failingCall: Int?
    }

    private let store: any StreamStore
    private let state = Mutex(State())

    /// Counts what is opened of `store`.
    public init(_ store: any StreamStore) {
        self.store = store
    }

    /// Readers and writers that are open.
    public var openCount: Int { state.withLock { $0.openCount } }
    /// Readers and writers that were ever opened.
    public var openedCount: Int { state.withLock { $0.openedCount } }
    /// Calls of the store, its readers and its writers so far, closing not counted.
    public var callCount: Int { state.withLock { $0.callCount } }

    /// Counts from now on, and fails at a call, counted from 0, once.
    public func begin(failingAt call: Int? = nil) {
        state.withLock { $0 = State(openCount: $0.openCount, failingCall: call) }
    }

    /// What the store does not do is not done.
    public var traits: StoreTraits { store.traits }

    fileprivate func call() throws(StreamError) {
        let fails = state.withLock { state in
            defer { state.callCount += 1 }
            return state.failingCall == state.callCount
        }
        if fails { throw StreamError(.inputOutput, "a test will have it so") }
    }

    fileprivate func opened() {
        state.withLock { state in
            state.openCount += 1
            state.openedCount += 1
        }
    }

    fileprivate func closed() {
        state.withLock { $0.openCount -= 1 }
    }

    /// Makes a stream.
    public func createStream(_ name: StreamName) async throws(StreamError) -> Bool {
        try call()
        return try await store.createStream(name)
    }

    /// Bounds.
    public func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds {
        try call()
        return try await store.bounds(of: name)
    }

    /// Opens and counts.
    public func openWriter(
        for name: StreamName,
        takingOver: Bool
    ) async throws(StreamError) -> any ByteStreamWriter {
        try call()
        let writer = try await store.openWriter(for: name, takingOver: takingOver)
        opened()
        return CountedWriter(writer, of: self)
    }

    /// Opens and counts.
    public func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader {
        try call()
        let reader = try await store.openReader(for: name)
        opened()
        return CountedReader(reader, of: self)
    }

    /// Gives up bytes.
    public func truncateStream(
        _ name: StreamName,
        before offset: StreamOffset
    ) async throws(StreamError) {
        try call()
        try await store.truncateStream(name, before: offset)
    }

    /// Ends a stream.
    public func sealStream(_ name: StreamName) async throws(StreamError) {
        try call()
        try await store.sealStream(name)
    }

    /// Removes a stream.
    public func deleteStream(_ name: StreamName) async throws(StreamError) {
        try call()
        try await store.deleteStream(name)
    }

    /// The streams by name.
    public func streamNames() async throws(StreamError) -> [StreamName] {
        try call()
        return try await store.streamNames()
    }

    /// Faults.
    public func faults(of name: StreamName) async throws(StreamError) -> [StoreFault] {
        try call()
        return try await store.faults(of: name)
    }
}

private final class CountedReader: ByteStreamReader {
    private let reader: any ByteStreamReader
    private let store: CountingStore
    private let isClosed = Atomic(false)

    init(_ reader: any ByteStreamReader, of store: CountingStore) {
        self.reader = reader
        self.store = store
    }

    func bounds() async throws(StreamError) -> StreamBounds {
        try store.call()
        return try await reader.bounds()
    }

    func read(
        at offset: StreamOffset,
        upTo byteCount: Int
    ) async throws(StreamError) -> StreamChunk? {
        try store.call()
        return try await reader.read(at: offset, upTo: byteCount)
    }

    func stop() { reader.stop() }

    func close() async {
        if !isClosed.exchange(true, ordering: .relaxed) { store.closed() }
        await reader.close()
    }
}

private final class CountedWriter: ByteStreamWriter {
    private let writer: any ByteStreamWriter
    private let store: CountingStore
    private let isClosed = Atomic(false)

    init(_ writer: any ByteStreamWriter, of store: CountingStore) {
        self.writer = writer
        self.store = store
    }

    var epoch: UInt32 { writer.epoch }
    var tail: StreamOffset { writer.tail }
    var appendByteCountMaximum: Int { writer.appendByteCountMaximum }
    var pieceCountMaximum: Int { writer.pieceCountMaximum }

    func append(_ pieces: [StreamPiece]) async throws(StreamError) -> StreamOffset {
        try store.call()
        return try await writer.append(pieces)
    }

    func flush() async throws(StreamError) -> StreamOffset {
        try store.call()
        return try await writer.flush()
    }

    func close() async throws(StreamError) {
        if !isClosed.exchange(true, ordering: .relaxed) { store.closed() }
        try await writer.close()
    }
}
