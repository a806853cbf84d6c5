package import Buffers

/// Buffers that are written behind one another, but for the first bytes of the first and the last
/// bytes of the last.
package struct WriteVector: Sendable {
    /// The buffers.
    package private(set) var buffers: [Buffer]
    /// Bytes from the start of the first buffer that are not to be written any more.
    package private(set) var skippedByteCount = 0
    /// Bytes that are left to write.
    package private(set) var byteCount: Int

    /// All of these buffers.
    package init(_ buffers: [Buffer]) {
        self.buffers = buffers
        byteCount = buffers.reduce(0) { $0 + $1.byteCount }
    }

    /// Two vectors, of about as many bytes each, that are this one together.
    ///
    /// - Parameter granularity: The first is a multiple of so many bytes long.
    package func halves(granularity: Int) -> (WriteVector, WriteVector) {
        let middle = byteCount / 2 / granularity * granularity
        var second = self
        second.drop(middle)
        var first = self
        first.byteCount = middle
        var held = -skippedByteCount
        let count = buffers.firstIndex { buffer in
            held += buffer.byteCount
            return held >= middle
        }
        first.buffers.removeSubrange((count.map { $0 + 1 } ?? buffers.count)...)
        return (first, second)
    }

    /// Gives up the first bytes, which are written.
    package mutating func drop(_ count: Int) {
        precondition(count <= byteCount, "no more is written than there is")
        byteCount -= count
        skippedByteCount += count
        var passed = 0
        while passed < buffers.count, skippedByteCount >= buffers[passed].byteCount {
            skippedByteCount -= buffers[passed].byteCount
            passed += 1
        }
        buffers.removeFirst(passed)
    }
}
