import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import SystemPackage

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

    /// The most memory that the process had (proc(5), `VmHWM`). The figure of getrusage(2) outlives
    /// exec(2), and may be that of whoever started it.
    private static func peakByteCount() throws -> Int {
        let file = try FileDescriptor.open(FilePath("/proc/self/status"), .readOnly)
        let status = try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Finding("/proc/self/status has no VmHWM") }
        return kibibytes * 1024
    }

    private func report(_ store: FileStreamStore, nanoseconds: UInt64) async throws {
        let peakByteCount = try Self.peakByteCount()
        let bounds = try await store.bounds(of: place.stream)
        Line.say(
            """
            {"milliseconds": \(Double(nanoseconds) / 1e6), "peak-bytes": \(peakByteCount), \
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
