import Buffers
import ByteStreams

/// Reads a stream from head to tail, and keeps what is wrong with it.
struct Audit {
    /// More are not told.
    private static let faultCountMaximum = 8
    private static let readByteCount = 1 << 20

    let pattern: Pattern
    let bounds: StreamBounds
    private(set) var faults: [String] = []

    init(pattern: Pattern, bounds: StreamBounds) {
        self.pattern = pattern
        self.bounds = bounds
    }

    /// Reads everything between the bounds.
    mutating func read(_ reader: any ByteStreamReader) async throws {
        var offset = bounds.head
        while offset < bounds.tail, faults.count < Self.faultCountMaximum {
            guard let chunk = try await reader.read(at: offset, upTo: Self.readByteCount) else {
                faults.append("the stream ends at \(offset); its tail is \(bounds.tail)")
                return
            }
            check(chunk, expectedAt: offset)
            offset = offset.advanced(by: chunk.byteCount)
        }
        if offset > bounds.tail {
            faults.append("a chunk reaches to \(offset), behind the tail \(bounds.tail)")
        }
    }

    private mutating func check(_ chunk: StreamChunk, expectedAt offset: StreamOffset) {
        if chunk.offset != offset || chunk.byteCount == 0 {
            faults.append("asked for \(offset), got \(chunk.byteCount) bytes at \(chunk.offset)")
        }
        switch chunk.content {
        case .sound(let bytes, let checksum):
            if let place = pattern.firstDifference(in: bytes, at: chunk.offset) {
                faults.append("the byte at \(place) is not what was appended")
            }
            if let checksum, checksum != bytes.checksum {
                faults.append("the checksum of the bytes at \(chunk.offset) is wrong")
            }
        case .suspect(_, let detail):
            faults.append("\(chunk.byteCount) bytes at \(chunk.offset) are suspect: \(detail)")
        case .lost(let byteCount, let detail):
            faults.append("\(byteCount) bytes at \(chunk.offset) are lost: \(detail)")
        }
    }
}
