import Pipelines
import Synchronization

/// What a stage failed with on purpose.
struct Planned: Error, Equatable {
    var number = 0
}

/// A source that is a closure.
struct ClosureSource: Source {
    static let kind = "source"
    let body: @Sendable (inout FrameOutput) async throws -> Void

    init(_ body: @escaping @Sendable (inout FrameOutput) async throws -> Void) {
        self.body = body
    }

    func run(_ output: consuming FrameOutput) async throws {
        try await body(&output)
    }

    /// Sends pictures with the given ordinals, unless it is told to stop before.
    static func pictures(_ ordinals: ClosedRange<UInt64>, byteCount: Int = 1) -> ClosureSource {
        ClosureSource { output in
            for ordinal in ordinals {
                if output.isStopRequested { return }
                try await output.send(Elements.picture(ordinal, byteCount: byteCount))
            }
        }
    }
}

/// A transform that is a closure.
struct ClosureTransform: Transform {
    static let kind = "transform"
    let body: @Sendable (inout FrameInput, inout FrameOutput) async throws -> Void

    init(
        _ body:
            @escaping @Sendable (inout FrameInput, inout FrameOutput) async throws ->
            Void
    ) {
        self.body = body
    }

    func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws {
        try await body(&input, &output)
    }

    /// Passes everything.
    static let identity = ClosureTransform { input, output in
        while let element = try await input.next() { try await output.send(element) }
    }
}

/// A sink that is a closure.
struct ClosureSink: Sink {
    static let kind = "sink"
    let body: @Sendable (inout FrameInput) async throws -> Void

    init(_ body: @escaping @Sendable (inout FrameInput) async throws -> Void) {
        self.body = body
    }

    func run(_ input: consuming FrameInput) async throws {
        try await body(&input)
    }
}

/// A sink that keeps everything, and how its input ended.
final class RecordingSink: Sink {
    static let kind = "sink"

    /// How the input of a sink ended, seen from the sink.
    enum Ending: Equatable {
        case finished, stopped, threw
    }

    struct Record {
        var elements: [Element] = []
        var ending: Ending?
    }

    let record = Mutex(Record())

    /// What came.
    var elements: [Element] { record.withLock { $0.elements } }
    /// The ordinals of the frames among it.
    var ordinals: [UInt64] { elements.compactMap(\.ordinal) }
    /// How the input ended; `nil` as long as it has not.
    var ending: Ending? { record.withLock { $0.ending } }

    func run(_ input: consuming FrameInput) async throws {
        do {
            while let element = try await input.next() {
                record.withLock { $0.elements.append(element) }
            }
            let ending: Ending = input.isStopped ? .stopped : .finished
            record.withLock { $0.ending = ending }
        } catch {
            record.withLock { $0.ending = .threw }
            throw error
        }
    }
}

/// Yields to other tasks until something has come about; a test that waits in vain hits its limit.
func until(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

/// Suspends until the task is cancelled.
func untilCancelled() async throws {
    while true { try await Task.sleep(for: .seconds(3600)) }
}
