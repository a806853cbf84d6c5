internal import Buffers

/// Running checksums of a stretch of a stream at regular steps, from which the checksum of any
/// range inside it follows in constant time.
///
/// Damage sends the decoder over bytes that it has summed before. Bytes made to harm can hold a
/// claimed record at every 56th of them, each as long as all that follows; summing each claim would
/// take quadratic time. With the index every byte is summed once more, and each claim costs two
/// steps.
struct ChecksumIndex: Sendable {
    /// Bytes between two running checksums; so many before what is asked for are read again.
    static let stepByteCount: UInt64 = 1024

    /// How many steps are kept that lie before what is asked for.
    private static let staleStepCountMaximum = 4096

    /// How many of them stay: the fields of the next claim may start before the payload of this
    /// one, by as much as a header is long.
    private static let keptStepCount = 128

    /// Where the first of `running` ends.
    private var start: UInt64
    /// `running[k]` covers everything from the first start up to `start + k * stepByteCount`.
    private var running = [CRC32C()]

    init(at offset: UInt64) {
        start = offset
    }

    /// The checksum of `range` in `window`, where starts only ascend but for the length of a
    /// header, nothing is lost, and the window reaches back one step before them.
    mutating func checksum(_ range: Range<UInt64>, in window: ByteWindow) -> CRC32C {
        prepare(for: range, in: window)
        let before = checksum(upTo: range.lowerBound, in: window)
        let whole = checksum(upTo: range.upperBound, in: window)
        // The checksum of a whole is that of its front, moved by the length of its back, plus that
        // of its back; addition is exclusive or.
        let moved = before.appending(
            CRC32C(),
            byteCount: Int(range.upperBound - range.lowerBound)
        )
        return CRC32C(value: whole.value ^ moved.value)
    }

    /// Starts anew where the way from the last step to `range` is gone, and forgets stale steps.
    private mutating func prepare(for range: Range<UInt64>, in window: ByteWindow) {
        guard range.lowerBound >= start else { return self = ChecksumIndex(at: range.lowerBound) }
        let step = Int((range.lowerBound - start) / Self.stepByteCount)
        let stepStart = start + UInt64(step) * Self.stepByteCount
        if step >= running.count || window.holdsLost(in: stepStart..<range.upperBound) {
            self = ChecksumIndex(at: range.lowerBound)
        } else if step > Self.staleStepCountMaximum {
            let stale = step - Self.keptStepCount
            running.removeFirst(stale)
            start += UInt64(stale) * Self.stepByteCount
        }
    }

    private mutating func checksum(upTo offset: UInt64, in window: ByteWindow) -> CRC32C {
        let step = Int((offset - start) / Self.stepByteCount)
        while running.count <= step {
            let from = start + UInt64(running.count - 1) * Self.stepByteCount
            let next = window.checksum(
                from..<from + Self.stepByteCount,
                appendedTo: running[running.count - 1]
            )
            running.append(next)
        }
        let from = start + UInt64(step) * Self.stepByteCount
        return window.checksum(from..<offset, appendedTo: running[step])
    }
}
