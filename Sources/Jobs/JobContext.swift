public import Buffers
public import ByteStreams
public import Pipelines

/// What a job works with. Whoever runs jobs makes it: a command for one job, a worker for many.
public struct JobContext: Sendable {
    /// The kinds of stores there are.
    public let stores: StoreDirectory
    /// Where the memory of payloads comes from.
    public let pool: BufferPool
    /// What asks the job to end early, in good order.
    public let stop: StopSignal
    /// Hears of the job while it runs, on any thread.
    public let report: @Sendable (JobEvent) -> Void

    /// Joins the four.
    public init(
        stores: StoreDirectory,
        pool: BufferPool = BufferPool(),
        stop: StopSignal = StopSignal(),
        report: @escaping @Sendable (JobEvent) -> Void = { _ in }
    ) {
        self.stores = stores
        self.pool = pool
        self.stop = stop
        self.report = report
    }

    /// Opens the store of a stream that somebody named. What the store has to say is reported.
    ///
    /// `policy` is how the stream is written, if it is.
    ///
    /// - Throws: ``PolicyRefusal`` where the store cannot do what the policy asks.
    public func stream(
        _ text: String,
        policy: StoragePolicy = StoragePolicy()
    ) throws -> OpenStream {
        let stream = try stores.stream(text, policy: policy, pool: pool) { [report] event in
            report(.warning(Self.text(event)))
        }
        if let aspect = stream.store.traits.refusal(of: policy) {
            throw PolicyRefusal(stream: stream.location, aspect: aspect)
        }
        return stream
    }

    /// Says what is worth knowing and needs no action.
    func note(_ text: String) { report(.note(text)) }

    /// Says that something was lost, damaged or is about to be.
    func warn(_ text: String) { report(.warning(text)) }

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

/// A store cannot do what a policy asks of it.
public struct PolicyRefusal: Error, Sendable {
    /// The stream that was to be written.
    public let stream: StreamLocation
    /// What is asked for.
    public let aspect: StorageAspect
}

/// What is asked for makes no sense for what was found.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// What, and what to do instead: one line, lower case, no full stop.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
