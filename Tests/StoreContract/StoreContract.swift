public import Buffers
public import ByteStreams

/// What every store promises, as checks that the tests of any store run.
///
/// A check gets a new and empty store, and throws ``Broken`` where a promise is not kept. What
/// stores may differ in is asked of their ``StoreTraits``, and then checked as well.
public struct StoreContract: Sendable {
    /// A promise that was not kept.
    public struct Broken: Error, CustomStringConvertible {
        /// What was expected, and where.
        public let description: String
    }

    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        /// The promise in words.
        public let description: String
        private let body: @Sendable (StoreContract) async throws -> Void

        init(
            _ description: String,
            _ body: @escaping @Sendable (StoreContract) async throws -> Void
        ) {
            self.description = description
            self.body = body
        }

        /// Sees whether a store keeps it.
        ///
        /// - Parameter store: Without streams.
        public func run(on store: any StreamStore, pool: BufferPool) async throws {
            try await body(StoreContract(store: store, pool: pool))
        }
    }

    /// All promises.
    public static let checks: [Check] =
        contents + writers + readers + limits

    let store: any StreamStore
    let pool: BufferPool

    /// The name that checks give their stream.
    var name: StreamName {
        get throws { try Self.unwrap(StreamName("s"), "a name of one letter is a name") }
    }

    /// A stream that was just made.
    func newStream() async throws -> StreamName {
        let name = try name
        try Self.require(try await store.createStream(name), "a stream is new when it is made")
        return name
    }

    /// Expects something.
    static func require(
        _ condition: Bool,
        _ promise: String,
        line: Int = #line,
        file: String = #fileID
    ) throws {
        if !condition { throw Broken(description: "\(file):\(line): \(promise)") }
    }

    /// Expects that there is a value.
    static func unwrap<Value>(
        _ value: Value?,
        _ promise: String,
        line: Int = #line,
        file: String = #fileID
    ) throws -> Value {
        try require(value != nil, promise, line: line, file: file)
        guard let value else { preconditionFailure("there is a value") }
        return value
    }

    /// Expects a code, which is what callers go by.
    static func expect(
        _ code: StreamError.Code,
        line: Int = #line,
        file: String = #fileID,
        from body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as StreamError {
            try require(
                error.code == code,
                "\(code) is expected, not \(error)",
                line: line,
                file: file
            )
            return
        }
        throw Broken(description: "\(file):\(line): \(code) is expected, and nothing was thrown")
    }
}
