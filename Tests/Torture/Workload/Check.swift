import ArgumentParser
import Buffers
import ByteStreams
import FileStreams

/// Reads everything, and says whether it is what was acknowledged and a prefix of what could have
/// been appended.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks all that there is of a stream against what was acknowledged."
    )

    @OptionGroup var place: StreamOptions
    @OptionGroup var writing: WriterOptions

    @Option(help: "Up to where the stream was acknowledged: the end of an append.")
    var acknowledged: UInt64 = 0

    @Option(help: "Up to where a reader saw the stream.")
    var seen: UInt64 = 0

    @Option(help: "The head that was acknowledged.")
    var head: UInt64 = 0

    @Option(help: "The head that was asked for and not acknowledged.")
    var cut: UInt64?

    @Option(help: "Whether the stream is sealed: yes, no or maybe.")
    var sealed = Sealing.no

    @Flag(help: "Open a writer first, which repairs, and append once behind what it finds.")
    var write = false

    enum Sealing: String, ExpressibleByArgument, CaseIterable {
        case yes, no, maybe
    }

    mutating func run() async throws {
        let pool = BufferPool()
        let store = place.store(writing.options, pool: pool)
        var epoch: UInt32 = 0
        if write, let opened = try await recover(store, pool) { epoch = opened }
        let bounds = try await store.bounds(of: place.stream)
        var audit = Audit(pattern: place.pattern, bounds: bounds)
        try await store.withReader(for: place.stream) { try await audit.read($0) }
        var faults = audit.faults + boundFaults(bounds)
        if write || sealed == .yes {
            // Before a writer has repaired what another left unfinished, that is no fault.
            faults += try await store.faults(of: place.stream).map { "\($0.place): \($0.detail)" }
        }
        Line.say(
            """
            {"head": \(bounds.head), "tail": \(bounds.tail), "sealed": \(bounds.isSealed), \
            "epoch": \(epoch), "sound": \(audit.faults.isEmpty), \
            "faults": [\(faults.map(Self.quoted).joined(separator: ", "))]}
            """
        )
        if let fault = faults.first { throw Finding(fault) }
    }

    /// Opens a writer, appends and closes it.
    ///
    /// - Returns: Its epoch; `nil` for a sealed stream, which takes no writer.
    private func recover(_ store: FileStreamStore, _ pool: BufferPool) async throws -> UInt32? {
        let writer: any ByteStreamWriter
        do throws(StreamError) {
            writer = try await store.openWriter(for: place.stream)
        } catch {
            guard error.code == .sealed else { throw error }
            // Whoever did not hear that it is sealed says it again.
            try await store.sealStream(place.stream)
            return nil
        }
        let tail = writer.tail
        guard tail.value >= acknowledged else {
            throw Finding("the writer begins at \(tail); \(acknowledged) was acknowledged")
        }
        let end = try await writer.append(place.pattern.append(at: tail, from: pool))
        let flushed = try await writer.flush()
        guard flushed == end else { throw Finding("a flush of all up to \(end) says \(flushed)") }
        try await writer.close()
        return writer.epoch
    }

    private func boundFaults(_ bounds: StreamBounds) -> [String] {
        var faults: [String] = []
        if bounds.tail.value < acknowledged {
            faults.append("the stream ends at \(bounds.tail); \(acknowledged) was acknowledged")
        }
        if bounds.tail.value < seen {
            faults.append("the stream ends at \(bounds.tail); a reader saw it up to \(seen)")
        }
        var end = StreamOffset(acknowledged)
        while end < bounds.tail { end = place.pattern.end(ofAppendAt: end) }
        if end > bounds.tail {
            faults.append("the stream ends at \(bounds.tail), inside of an append")
        }
        let headMaximum = max(
            head,
            cut ?? 0,
            writing.retainBytes.map { bounds.tail.value - min(bounds.tail.value, UInt64($0)) } ?? 0
        )
        if bounds.head.value < head {
            faults.append("the stream begins at \(bounds.head); \(head) was acknowledged")
        }
        if bounds.head.value > headMaximum {
            faults.append("the stream begins at \(bounds.head); \(headMaximum) was asked for")
        }
        switch (sealed, bounds.isSealed) {
        case (.yes, false): faults.append("the stream was sealed, and is not")
        case (.no, true): faults.append("the stream is sealed, and nobody asked for it")
        default: break
        }
        return faults
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
        }
        return "\"\(escaped.joined())\""
    }
}
