import Buffers
import ByteStreams
import SystemPackage
import TestSupport

@testable import FileStreams

/// What a program did with a stream, and what it was promised: the store is measured by it.
struct History {
    /// All bytes that were ever appended and may be there.
    var appended: [UInt8] = []
    /// Where appends end: nothing is kept of an append unless all of it is.
    var boundaries: Set<Int> = [0]
    /// What survives the end of the process.
    var acknowledged = 0
    /// What survives the loss of power.
    var durable = 0
    /// The head that was promised, and the one that was asked for last.
    var head = 0
    var wantedHead = 0
    /// Whether the end of the stream was promised, and whether it was asked for.
    var isSealed = false
    var wantsSeal = false
    /// Whether the stream was promised to be there.
    var isCreated = false

    /// What is there after a crash at the least.
    func promised(after survival: SimulatedDisk.Survival) -> Int {
        survival == .everything ? acknowledged : durable
    }

    /// Whether these bytes are what was appended from `offset` on.
    func holds(_ bytes: Buffer, at offset: Int) -> Bool {
        guard offset + bytes.byteCount <= appended.count else { return false }
        return unsafe bytes.bytes.withUnsafeBytes { found in
            unsafe appended.withUnsafeBytes { expected in
                unsafe found.elementsEqual(expected[offset..<offset + found.count])
            }
        }
    }
}

/// What is wrong with a store.
struct Violation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Compares a stream with what was promised.
struct Examination {
    let history: History
    /// What of it must be there.
    let promised: Int
    /// Whether damage may be found, which then must be said.
    var allowsDamage = false

    /// Reads all of the stream without writing.
    ///
    /// - Returns: Its tail.
    @discardableResult
    func read(_ folders: FileStreamFolders, _ name: StreamName) throws -> Int {
        let cursor = FileStreamCursor(folders.place(name))
        let bounds = try cursor.bounds()
        let (head, tail) = (Int(bounds.head.value), Int(bounds.tail.value))
        guard tail >= promised else { throw Violation("tail \(tail) of \(promised) promised") }
        guard tail <= history.appended.count else {
            throw Violation("tail \(tail), only \(history.appended.count) were appended")
        }
        guard history.boundaries.contains(tail) || tail == head else {
            throw Violation("the tail \(tail) is in the middle of an append")
        }
        guard (history.head...max(history.head, history.wantedHead)).contains(head) else {
            throw Violation("head \(head), \(history.head) promised")
        }
        guard bounds.isSealed || !history.isSealed else { throw Violation("the seal is lost") }
        guard !bounds.isSealed || history.wantsSeal else { throw Violation("nobody sealed it") }
        var offset = bounds.head
        while offset < bounds.tail {
            guard let chunk = try cursor.pieces(at: offset).first?.chunk(at: offset, upTo: 1 << 20)
            else {
                throw Violation("nothing at \(offset) before the tail \(tail)")
            }
            switch chunk.content {
            case .sound(let bytes, _):
                guard history.holds(bytes, at: Int(offset.value)) else {
                    throw Violation("wrong bytes at \(offset)")
                }
            case .suspect(_, let detail), .lost(_, let detail):
                guard allowsDamage else { throw Violation("at \(offset): \(detail)") }
            }
            offset = offset.advanced(by: chunk.byteCount)
        }
        return tail
    }
}
