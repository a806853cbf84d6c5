public import Buffers
public import ByteStreams
internal import Dispatch
public import SystemPackage

/// Keeps each stream in a folder of its own on the local disk: segments, two manifests, a commit
/// mark and a lock.
///
/// What it acknowledges was synced with fdatasync(2), unless the policy's level says less. A second
/// writer is refused, in this process and in others; any number of readers follow a writer, here or
/// elsewhere. Blocking calls run off the cooperative pool.
public struct FileStreamStore: StreamStore {
    /// How streams are written.
    public struct Options: Hashable, Sendable {
        /// What every store is asked for.
        public var policy = StoragePolicy()
        /// Whether to write around the page cache where the file system allows it, which is faster
        /// for large frames.
        public var usesDirectIO = true
        /// Bytes of a segment at which the next one is begun.
        public var segmentByteCount = FileStreamLimits.segmentByteCountDefault

        /// The defaults.
        public init() {}
    }

    private let folders: FileStreamFolders
    private let onEvent: @Sendable (StoreEvent) -> Void

    /// A store over the streams in `directory`, which need not exist yet.
    ///
    /// `onEvent` hears what the store has to say, on any thread.
    public init(
        directory: FilePath,
        pool: BufferPool = BufferPool(),
        options: Options = Options(),
        onEvent: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) {
        self.init(
            directory: directory,
            pool: pool,
            options: options,
            environment: .local,
            onEvent: onEvent
        )
    }

    /// The store in a folder that somebody named.
    ///
    /// - Throws: `invalid` where the location has options, which folders have not.
    public init(_ opening: StoreDirectory.Opening) throws(StreamError) {
        try opening.location.requireQuery(of: [])
        var options = Options()
        options.policy = opening.policy
        self.init(
            directory: FilePath(opening.location.path),
            pool: opening.pool,
            options: options,
            onEvent: opening.onEvent
        )
    }

    /// A store on other disks than this computer's.
    package init(
        directory: FilePath,
        pool: BufferPool,
        options: Options,
        environment: StoreEnvironment,
        onEvent: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) {
        self.onEvent = onEvent
        folders = FileStreamFolders(
            directory: directory,
            access: FileAccess(environment: environment, pool: pool),
            options: options
        )
    }

    /// What it does that others may not.
    public var traits: StoreTraits {
        StoreTraits(
            keepsPieces: true,
            checksBytes: true,
            honoursSyncLevel: true,
            honoursRoomPolicy: true,
            honoursRetention: true,
            canTakeOver: false,
            durability: "the loss of power, as far as the disk keeps what it says to have synced"
        )
    }

    /// Makes sure that a stream exists.
    ///
    /// - Throws: `cannotCreate` for a file, and for a folder that is not empty and no stream.
    @discardableResult
    public func createStream(_ name: StreamName) async throws(StreamError) -> Bool {
        try await offPool { () throws(StreamError) in try folders.create(name) }
    }

    /// The bounds of a stream.
    public func bounds(of name: StreamName) async throws(StreamError) -> StreamBounds {
        try await offPool { () throws(StreamError) in
            try FileStreamCursor(folders.place(name)).bounds()
        }
    }

    /// Opens the one writer, and repairs what an interrupted one left behind.
    ///
    /// `takingOver` makes no difference: the system lets go of the lock of a writer that ended, and
    /// of no other.
    public func openWriter(
        for name: StreamName,
        takingOver: Bool
    ) async throws(StreamError) -> any ByteStreamWriter {
        try await offPool { () throws(StreamError) in
            let room = RoomWait(
                name: name,
                clock: folders.access.environment.clock,
                waits: folders.options.policy.waitsForRoom,
                onEvent: onEvent
            )
            return FileStreamWriter(name: name, try folders.recover(name, room: room), room: room)
        }
    }

    /// Opens a reader.
    public func openReader(for name: StreamName) async throws(StreamError) -> any ByteStreamReader {
        let place = folders.place(name)
        let reader = FileStreamReader(
            name: name,
            cursor: FileStreamCursor(place, ahead: ReadAhead(name: name)),
            wait: TailWait(place, onEvent: onEvent)
        )
        _ = try await reader.bounds()
        return reader
    }

    /// Gives up the segments that lie wholly before `offset`, and forbids to read before it. A
    /// writer may be at work meanwhile, here or in another process.
    public func truncateStream(
        _ name: StreamName,
        before offset: StreamOffset
    ) async throws(StreamError) {
        try await offPool { () throws(StreamError) in try folders.truncate(name, before: offset) }
    }

    /// Ends a stream.
    public func sealStream(_ name: StreamName) async throws(StreamError) {
        try await offPool { () throws(StreamError) in try folders.seal(name) }
    }

    /// Removes a stream: first its name, then its files.
    public func deleteStream(_ name: StreamName) async throws(StreamError) {
        try await offPool { () throws(StreamError) in try folders.delete(name) }
    }

    /// The streams by name.
    public func streamNames() async throws(StreamError) -> [StreamName] {
        try await offPool { () throws(StreamError) in try folders.names() }
    }

    /// Checks manifests, commit marks, segment headers and seals.
    public func faults(of name: StreamName) async throws(StreamError) -> [StoreFault] {
        try await offPool { () throws(StreamError) in
            try FileStreamInspection(folders.place(name)).faults()
        }
    }

    /// How a stream lies on the disk; reads none of it.
    public func storage(of name: StreamName) async throws(StreamError) -> StreamStorage? {
        try await offPool { () throws(StreamError) in try folders.storage(of: name) }
    }

    /// What the disk behind the folder still takes.
    public func freeByteCount() async -> UInt64? {
        try? await offPool { () throws(StreamError) in  // Nothing is thrown there.
            folders.access.environment.files.freeByteCount(of: folders.directory)
        }
    }

    /// Runs what may block on a thread that may.
    private func offPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StreamError) -> Value
    ) async throws(StreamError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, StreamError>, Never>) in
            DispatchQueue.global().async {
                do throws(StreamError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
