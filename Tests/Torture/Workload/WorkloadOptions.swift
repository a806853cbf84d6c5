import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import SystemPackage

/// Which stream, and what its bytes are.
struct StreamOptions: ParsableArguments {
    @Argument(help: "The folder of the store.")
    var folder: String

    @Option(help: "The name of the stream.", transform: Self.name)
    var stream: StreamName

    @Option(help: "Decides every byte of the stream, and the sizes of its appends.")
    var seed: UInt64 = 1

    @Option(help: "The largest piece of an append.")
    var pieceBytes = 9000

    /// The bytes of the stream.
    var pattern: Pattern { Pattern(seed: seed, pieceByteCountMaximum: pieceBytes) }

    private static func name(_ text: String) throws -> StreamName {
        guard let name = StreamName(text) else {
            throw ValidationError("'\(text)' is no name of a stream")
        }
        return name
    }

    /// The store, which says when it waits for room and when it goes on.
    func store(
        _ options: FileStreamStore.Options = FileStreamStore.Options(),
        pool: BufferPool
    ) -> FileStreamStore {
        // What is written here is small; what large writes do happens all the same.
        var environment = StoreEnvironment.local
        environment.files = LocalFileSystem(halvedByteCountMinimum: 2 * BufferPool.pageByteCount)
        return FileStreamStore(
            directory: FilePath(folder),
            pool: pool,
            options: options,
            environment: environment
        ) { event in
            switch event {
            case .waitsForRoom: Line.say("waits \(Line.now)")
            case .looksAtIntervals: break
            case .goesOn: Line.say("goes-on \(Line.now)")
            }
        }
    }
}

/// What an acknowledgement waits for.
enum SyncFlag: String, ExpressibleByArgument, CaseIterable {
    case always, group, interval, os

    /// The same for the store.
    var level: SyncLevel {
        switch self {
        case .always: .always
        case .group: .group
        case .interval: .interval
        case .os: .os
        }
    }
}

/// How the stream is written.
struct WriterOptions: ParsableArguments {
    @Option(help: "What an acknowledgement waits for.")
    var sync = SyncFlag.group

    @Option(help: "Bytes of a segment at which the next one is begun.")
    var segmentBytes = 64 << 10

    @Option(help: "Bytes that the writer keeps; it frees segments before them.")
    var retainBytes: Int?

    @Flag(help: "Write through the page cache.")
    var buffered = false

    /// The same for the store.
    var options: FileStreamStore.Options {
        var options = FileStreamStore.Options()
        options.segmentByteCount = segmentBytes
        options.usesDirectIO = !buffered
        options.policy.sync = sync.level
        options.policy.retainedByteCount = retainBytes
        return options
    }
}
