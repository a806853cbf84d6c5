package import Buffers

/// Buffers that are written behind one another, but for the first bytes of them.
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
