public import Buffers

/// The kinds of stores that a program knows, by the schemes of their URLs: the one place where a
/// stream that somebody names becomes a store.
///
/// The program makes the directory and hands it down, so that what works on streams links no kind
/// of store.
public struct StoreDirectory: Sendable {
    /// What a store is opened with.
    public struct Opening: Sendable {
        /// Where it is.
        public var location: StoreLocation
        /// How its streams are written, if they are.
        public var policy: StoragePolicy
        /// Where memory comes from.
        public var pool: BufferPool
        /// Hears what the store has to say, on any thread.
        public var onEvent: @Sendable (StoreEvent) -> Void
    }

    /// Opens a store; what cannot be reached is told by its calls, not here.
    public typealias Opener = @Sendable (Opening) throws(StreamError) -> any StreamStore

    private let openers: [String: Opener]

    /// A directory of the schemes that are given.
    public init(_ openers: [String: Opener]) {
        self.openers = openers
    }

    /// Opens the store of a stream that is named by a path or a URL (``StreamLocation``).
    ///
    /// - Throws: `invalid` where the text names no stream or no kind of store there is.
    public func stream(
        _ text: String,
        policy: StoragePolicy = StoragePolicy(),
        pool: BufferPool,
        onEvent: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) throws(StreamError) -> OpenStream {
        let opener = try opener(for: text)
        let location = try StreamLocation(text)
        let store = try opener(
            Opening(location: location.store, policy: policy, pool: pool, onEvent: onEvent)
        )
        return OpenStream(location: location, store: store)
    }

    /// Opens a store by its own name: a folder, or a URL without a stream.
    ///
    /// - Throws: As ``stream(_:policy:pool:onEvent:)``.
    public func store(_ text: String, pool: BufferPool) throws(StreamError) -> any StreamStore {
        let opener = try opener(for: text)
        return try opener(
            Opening(
                location: try StoreLocation(text),
                policy: StoragePolicy(),
                pool: pool,
                onEvent: { _ in }
            )
        )
    }

    private func opener(for text: String) throws(StreamError) -> Opener {
        let scheme = StoreLocation.scheme(of: text) ?? StoreLocation.fileScheme
        if let opener = openers[scheme.lowercased()] { return opener }
        let others = openers.keys.filter { $0 != StoreLocation.fileScheme }.sorted()
        let forms = ["a path", "file:PATH"] + others.map { "\($0)://HOST/NAME" }
        throw StreamError(
            .invalid,
            """
            there is no store for '\(scheme):'; write \(forms.dropLast().joined(separator: ", ")) or \
            \(forms.last ?? "") (./\(text) for a file)
            """
        )
    }
}

/// A stream that somebody named, and the store that it is in. It need not exist.
public struct OpenStream: Sendable {
    /// Where it is.
    public let location: StreamLocation
    /// The store that it is in.
    public let store: any StreamStore

    /// Joins the two.
    public init(location: StreamLocation, store: any StreamStore) {
        self.location = location
        self.store = store
    }

    /// The name in the store.
    public var name: StreamName { location.name }
}
