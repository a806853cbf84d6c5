import ArgumentParser
import Buffers
import ByteStreams
import Glibc

/// Opens a reader or a writer, and says how long it took and how much memory.
struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens a stream, and says how long that took and the most memory it used."
    )

    @OptionGroup var place: StreamOptions

    @Flag(help: "Open a writer, which repairs what an interrupted one left.")
    var write = false

    mutating func run() async throws {
        let store = place.store(pool: BufferPool())
        let start = Line.now
        if write {
            let writer = try await store.openWriter(for: place.stream)
            let end = Line.now
            try await report(store, nanoseconds: end - start)
            try await writer.close()
        } else {
            let reader = try await store.openReader(for: place.stream)
            _ = try await reader.bounds()
            let end = Line.now
            try await report(store, nanoseconds: end - start)
            await reader.close()
        }
    }

    private func report(_ store: FileStreamStore, nanoseconds: UInt64) async throws {
        var usage = rusage()
        unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let bounds = try await store.bounds(of: place.stream)
        Line.say(
            """
            {"milliseconds": \(Double(nanoseconds) / 1e6), "peak-bytes": \(usage.ru_maxrss * 1024), \
            "head": \(bounds.head), "tail": \(bounds.tail), "sealed": \(bounds.isSealed)}
            """
        )
    }
}

/// Gives up the head of a stream, beside its writer or without one.
struct Truncate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Gives up the head of a stream.")

    @OptionGroup var place: StreamOptions

    @Option(help: "Up to where the stream is given up.")
    var before: UInt64

    mutating func run() async throws {
        let store = place.store(pool: BufferPool())
        try await store.truncateStream(place.stream, before: StreamOffset(before))
        Line.say("head \(before)")
    }
}

/// Removes a stream.
struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Removes a stream.")

    @OptionGroup var place: StreamOptions

    mutating func run() async throws {
        try await place.store(pool: BufferPool()).deleteStream(place.stream)
        Line.say("deleted")
    }
}
