/// A place that holds byte streams.
///
/// A stream is a sequence of bytes that grows at its tail and may be truncated at its head. What a
/// store promises is checked, for every store, by the same test suite.
///
/// A store is its parent folder or namespace; a stream in it is found by name.
public protocol StreamStore: Sendable {
    /// What this store does that others may not.
    var traits: StoreTraits { get }

    /// Makes sure that a stream exists. Creating a stream that exists is not an error.
    ///
    /// - Returns: Whether the stream is new, which nobody else is told of it.
    /// - Throws: `cannotCreate` where something else stands in its place.
    @discardableResult
    func createStream(_ name: StreamName) async throws(StreamError) -> Bool

    /// The first offset, the offset behind the last durable byte, and whether more can come.
    ///
    /// - Throws: `notFound` for a stream that does not exist.
    func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds

    /// Opens the one writer of a stream, and repairs what an interrupted writer left behind.
    ///
    /// With `takingOver` a writer that has it is made to end: it acknowledges nothing more, and
    /// fails with `fenced`. Only where ``StoreTraits/canTakeOver`` says so; elsewhere it makes no
    /// difference.
    ///
    /// - Throws: `locked` while another writer has it, here or in another process; `sealed` for a
    ///   stream that takes no more bytes.
    func openWriter(
        for name: StreamName,
        takingOver: Bool
    ) async throws(StreamError) -> any ByteStreamWriter

    /// Opens a reader, of which there may be any number, beside a writer or without one. A reader
    /// changes nothing and needs no right to write.
    func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader

    /// Gives up the bytes before `offset`. The store may keep some of them; the head never moves
    /// back.
    func truncateStream(_ name: StreamName, before offset: StreamOffset) async throws(StreamError)

    /// Ends a stream: readers get to its end, and nothing can be appended. Sealing twice is not an
    /// error.
    func sealStream(_ name: StreamName) async throws(StreamError)

    /// Removes a stream with all its bytes.
    func deleteStream(_ name: StreamName) async throws(StreamError)

    /// The streams of the store, by name in ascending order.
    func streamNames() async throws(StreamError) -> [StreamName]

    /// Checks what the store keeps beside the bytes of a stream, such as its manifests.
    ///
    /// Damage in the bytes themselves is what ``ByteStreamReader/read(at:upTo:)`` reports.
    func faults(of name: StreamName) async throws(StreamError) -> [StoreFault]

    /// How a stream lies in the store, without reading it; `nil` where there is nothing to say.
    func storage(of name: StreamName) async throws(StreamError) -> StreamStorage?

    /// What the store still takes, in bytes; `nil` where that is not known.
    func freeByteCount() async -> UInt64?
}

/// Damage in what a store keeps beside the bytes of a stream.
public struct StoreFault: Hashable, Sendable {
    /// What is damaged, as the store names it: a file name for the file store.
    public var place: String
    /// The stream offset that it bears on, where there is one.
    public var offset: StreamOffset?
    /// What is wrong with it.
    public var detail: String

    /// Makes a fault.
    public init(place: String, offset: StreamOffset?, detail: String) {
        self.place = place
        self.offset = offset
        self.detail = detail
    }
}

extension StreamStore {
    /// Opens the one writer of a stream that nobody writes.
    public func openWriter(for name: StreamName) async throws(StreamError) -> any ByteStreamWriter {
        try await openWriter(for: name, takingOver: false)
    }

    /// Nothing is known of it.
    public func storage(of name: StreamName) async throws(StreamError) -> StreamStorage? { nil }

    /// Not known.
    public func freeByteCount() async -> UInt64? { nil }

    /// Opens a writer for the duration of `body`, and closes it, which makes everything durable.
    public func withWriter<Result>(
        for name: StreamName,
        _ body: (any ByteStreamWriter) async throws -> Result
    ) async throws -> Result {
        let writer = try await openWriter(for: name)
        let result: Result
        do {
            result = try await body(writer)
        } catch {
            // The error of the body is the one that matters; closing keeps what was accepted.
            try? await writer.close()
            throw error
        }
        try await writer.close()
        return result
    }

    /// Opens a reader for the duration of `body`.
    public func withReader<Result>(
        for name: StreamName,
        _ body: (any ByteStreamReader) async throws -> Result
    ) async throws -> Result {
        let reader = try await openReader(for: name)
        do {
            let result = try await body(reader)
            await reader.close()
            return result
        } catch {
            await reader.close()
            throw error
        }
    }
}
