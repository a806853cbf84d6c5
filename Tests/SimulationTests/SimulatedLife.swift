import Buffers
import ByteStreams
import SystemPackage
import TestSupport

@testable import FileStreams

/// One run of a program that writes a stream, until it ends in good order or its system dies.
struct SimulatedLife {
    static let pool = BufferPool()
    static let directory: FilePath = "/store"

    let name: StreamName
    let system: SimulatedSystem
    let options: FileStreamStore.Options
    /// What was done and promised; whoever looks at a moment sees the state of that moment.
    private(set) var history: History
    /// Whether it gives up bytes at the head now and then.
    var truncates = true
    /// Told before anything is asked of the store and after it promised something.
    let onPromise: (History) -> Void

    init(
        _ system: SimulatedSystem,
        _ options: FileStreamStore.Options,
        _ history: History,
        onPromise: @escaping (History) -> Void
    ) throws {
        guard let name = StreamName("s") else { throw Violation("the name is refused") }
        self.name = name
        self.system = system
        self.options = options
        self.history = history
        self.onPromise = onPromise
    }

    /// The store over a system.
    static func folders(
        _ system: SimulatedSystem,
        _ options: FileStreamStore.Options
    ) -> FileStreamFolders {
        FileStreamFolders(
            directory: directory,
            access: FileAccess(environment: system.environment, pool: pool),
            options: options
        )
    }

    /// Options that lead to many segments and all ways through the code.
    static func options(using generator: inout SeededGenerator) -> FileStreamStore.Options {
        var options = FileStreamStore.Options()
        options.segmentByteCount = Int.random(in: 5...14, using: &generator) * 4096
        options.usesDirectIO = Bool.random(using: &generator)
        options.policy.sync =
            [.always, .group, .group, .interval(.milliseconds(20), byteCount: 20_000), .os]
            .randomElement(using: &generator) ?? .group
        if Int.random(in: 0..<3, using: &generator) == 0 {
            options.policy.retainedByteCount = Int.random(in: 5_000...60_000, using: &generator)
        }
        return options
    }

    private mutating func change(_ body: (inout History) -> Void) {
        body(&history)
        onPromise(history)
    }

    /// Does some of everything.
    mutating func run(appendCount: Int, using generator: inout SeededGenerator) throws {
        let folders = Self.folders(system, options)
        _ = try folders.create(name)
        change { $0.isCreated = true }
        let room = RoomWait(name: name, clock: system, waits: options.policy.waitsForRoom) { _ in }
        let recovery = try folders.recover(name, room: room)
        let log = recovery.log
        defer { withExtendedLifetime(recovery.lock) {} }
        let found = Int(recovery.tail.value)
        guard found >= history.acknowledged else {
            throw Violation("the writer begins at \(found) of \(history.acknowledged) promised")
        }
        change { history in
            // What was never promised and is not there is forgotten; the rest is kept from now on.
            history.appended.removeLast(history.appended.count - found)
            history.boundaries = history.boundaries.filter { $0 <= found }.union([found])
            history.acknowledged = found
            history.durable = found
        }
        var batch: [SegmentLog.Append] = []
        for _ in 0..<appendCount {
            batch.append(makeAppend(using: &generator))
            if Bool.random(using: &generator) { continue }
            let isFlushAsked = Int.random(in: 0..<3, using: &generator) > 0
            try commit(batch, to: log, isFlushAsked: isFlushAsked)
            batch = []
            system.wait(.milliseconds(Int.random(in: 0...15, using: &generator)))
            if truncates, Int.random(in: 0..<10, using: &generator) == 0 {
                try truncate(folders, using: &generator)
            }
        }
        if Int.random(in: 0..<4, using: &generator) == 0 { return }
        try commit(batch, to: log, isFlushAsked: true)
        try log.close()
        change { history in
            history.acknowledged = history.appended.count
            history.durable = history.appended.count
        }
    }

    /// Seals the stream.
    mutating func seal() throws {
        change { $0.wantsSeal = true }
        try Self.folders(system, options).seal(name)
        change { $0.isSealed = true }
    }

    private mutating func makeAppend(
        using generator: inout SeededGenerator
    ) -> SegmentLog.Append {
        let offset = StreamOffset(UInt64(history.appended.count))
        var pieces: [StreamPiece] = []
        change { history in
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let maximum = Bool.random(using: &generator) ? 200 : 9_000
                let count = Int.random(in: 1...maximum, using: &generator)
                let seed = UInt8.random(in: 0...255, using: &generator)
                let start = history.appended.count
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 + start) &* 31) ^ seed }
                pieces.append(
                    StreamPiece(Self.pool.makeBuffer(copying: bytes.rawSpan))
                )
                history.appended += bytes
            }
            history.boundaries.insert(history.appended.count)
        }
        return SegmentLog.Append(offset: offset, pieces: pieces)
    }

    private mutating func commit(
        _ batch: [SegmentLog.Append],
        to log: SegmentLog,
        isFlushAsked: Bool
    ) throws {
        if let kept = options.policy.retainedByteCount {
            change { $0.wantedHead = max($0.wantedHead, $0.appended.count - kept) }
        }
        let acknowledged = try log.commit(batch, isFlushAsked: isFlushAsked)
        change { history in
            if isFlushAsked { history.acknowledged = Int(acknowledged.value) }
            history.durable = Int(log.durable.value)
        }
    }

    private mutating func truncate(
        _ folders: FileStreamFolders,
        using generator: inout SeededGenerator
    ) throws {
        let low = max(history.wantedHead, history.head)
        guard low < history.durable else { return }
        let head = Int.random(in: low...history.durable, using: &generator)
        change { $0.wantedHead = head }
        try folders.truncate(name, before: StreamOffset(UInt64(head)))
        change { $0.head = head }
    }
}
