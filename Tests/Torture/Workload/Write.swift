import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import Glibc

/// Appends, and says what was acknowledged.
///
/// | line | says |
/// |---|---|
/// | `created` | the stream exists |
/// | `open TAIL EPOCH` | the writer is open, and appends from there on |
/// | `ack OFFSET TIME` | a flush returned |
/// | `cut OFFSET` | the bytes before the offset are about to be given up |
/// | `head OFFSET` | they are given up |
/// | `closed OFFSET` | the writer is closed |
/// | `seal` | the stream is about to be sealed |
/// | `sealed` | it is sealed |
/// | `waits TIME`, `goes-on TIME` | the disk is full, and is not any more |
struct Write: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Appends to a stream, and says what was acknowledged."
    )

    @OptionGroup var place: StreamOptions
    @OptionGroup var writing: WriterOptions

    @Option(help: "How often to append.")
    var appends = 100

    @Flag(help: "Go on until something comes on the standard input.")
    var endless = false

    @Flag(help: "Seal the stream at the end.")
    var seal = false

    @Flag(help: "Neither truncate the stream nor close the writer before the end.")
    var steady = false

    @Flag(help: "Wait for a byte on the standard input before anything else.")
    var gate = false

    mutating func run() async throws {
        if gate {
            Line.say("ready")
            Signal.wait()
        }
        let pool = BufferPool()
        let store = place.store(writing.options, pool: pool)
        try await store.createStream(place.stream)
        Line.say("created")
        var run = try await WriteRun(self, store: store, pool: pool)
        var count = 0
        while endless ? !Signal.isOver : count < appends {
            try await run.step()
            count += 1
        }
        try await run.close()
        if seal {
            Line.say("seal")
            try await store.sealStream(place.stream)
            Line.say("sealed")
        }
    }
}
