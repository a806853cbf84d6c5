import ArgumentParser
import Buffers
import ByteStreams
import FileStreams

/// Follows a stream until it is sealed, and checks every byte.
///
/// It says `seen OFFSET TIME` for each chunk, and `skipped FROM TO` where the head overtook it, so
/// that what it saw can be compared with what was acknowledged by then.
struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follows a stream as another process until it is sealed."
    )

    private static let readByteCount = 256 << 10

    @OptionGroup var place: StreamOptions

    mutating func run() async throws {
        let store = place.store(pool: BufferPool())
        let reader = try await store.openReader(for: place.stream)
        let start = try await reader.bounds().head
        var offset = start
        var byteCount = 0
        Line.say("from \(start) \(Line.now)")
        while true {
            let chunk: StreamChunk?
            do throws(StreamError) {
                chunk = try await reader.read(at: offset, upTo: Self.readByteCount)
            } catch {
                guard error.code == .truncated else { throw error }
                let head = try await reader.bounds().head
                guard head > offset else {
                    throw Finding("\(offset) is said to be given up, and the head is \(head)")
                }
                Line.say("skipped \(offset) \(head)")
                offset = head
                continue
            }
            guard let chunk else { break }
            try check(chunk, expectedAt: offset)
            offset = offset.advanced(by: chunk.byteCount)
            byteCount += chunk.byteCount
            Line.say("seen \(offset) \(Line.now)")
        }
        Line.say("end \(offset) after \(byteCount) bytes from \(start)")
        await reader.close()
    }

    private func check(_ chunk: StreamChunk, expectedAt offset: StreamOffset) throws {
        guard chunk.offset == offset, chunk.byteCount > 0 else {
            throw Finding("asked for \(offset), got \(chunk.byteCount) bytes at \(chunk.offset)")
        }
        switch chunk.content {
        case .sound(let bytes, _):
            if let place = place.pattern.firstDifference(in: bytes, at: offset) {
                throw Finding("the byte at \(place) is not what was appended")
            }
        case .suspect(_, let detail):
            throw Finding("\(chunk.byteCount) bytes at \(offset) are suspect: \(detail)")
        case .lost(let byteCount, let detail):
            throw Finding("\(byteCount) bytes at \(offset) are lost: \(detail)")
        }
    }
}
