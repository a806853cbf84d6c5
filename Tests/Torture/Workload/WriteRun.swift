import Buffers
import ByteStreams
import FileStreams

/// One life of a writer.
struct WriteRun {
    private let flags: Write
    private let store: FileStreamStore
    private let pool: BufferPool
    private let pattern: Pattern
    private var writer: any ByteStreamWriter
    private var dice: Dice
    private var head: StreamOffset
    private var acknowledged: StreamOffset

    /// Opens the writer, which repairs what an earlier one left.
    init(_ flags: Write, store: FileStreamStore, pool: BufferPool) async throws {
        self.flags = flags
        self.store = store
        self.pool = pool
        pattern = flags.place.pattern
        writer = try await store.openWriter(for: flags.place.stream)
        head = try await store.bounds(of: flags.place.stream).head
        acknowledged = writer.tail
        dice = Dice(seed: pattern.seed, offset: writer.tail, turn: UInt64(writer.epoch))
        sayOpen()
    }

    private func sayOpen() {
        Line.say("open \(writer.tail) \(writer.epoch)")
    }

    /// Appends once, and does what the dice say.
    mutating func step() async throws {
        _ = try await writer.append(pattern.append(at: writer.tail, from: pool))
        if dice.isOne(of: 3) { try await flush() }
        guard !flags.steady else { return }
        if dice.isOne(of: 12) { try await cut() }
        if dice.isOne(of: 40) {
            try await close()
            writer = try await store.openWriter(for: flags.place.stream)
            sayOpen()
        }
    }

    private mutating func flush() async throws {
        acknowledged = try await writer.flush()
        Line.say("ack \(acknowledged) \(Line.now)")
    }

    /// Gives up some of what is durable, beside the writer.
    private mutating func cut() async throws {
        // With some levels of sync that is less than what is acknowledged.
        let tail = try await store.bounds(of: flags.place.stream).tail
        guard tail > head else { return }
        let target = StreamOffset(UInt64.random(in: head.value...tail.value, using: &dice))
        Line.say("cut \(target)")
        try await store.truncateStream(flags.place.stream, before: target)
        head = target
        Line.say("head \(target)")
    }

    /// Closes the writer, which makes everything durable.
    mutating func close() async throws {
        try await writer.close()
        acknowledged = writer.tail
        Line.say("closed \(acknowledged) \(Line.now)")
    }
}
