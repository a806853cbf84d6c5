internal import Buffers
internal import FrameFormat

/// Makes the checksums of records right again after the fuzzer has changed them.
///
/// Without it nearly every mutation would end at a checksum, and the fields behind it would never be
/// read with wrong values in them.
enum ChecksumRepair {
    static func repair(_ bytes: inout [UInt8]) {
        var start = 0
        while start + RecordPrefix.byteCount <= bytes.count {
            guard
                bytes[start..<start + RecordPrefix.syncWord.count].elementsEqual(
                    RecordPrefix.syncWord
                )
            else {
                start += 1
                continue
            }
            repairRecord(at: start, in: &bytes)
            start += RecordPrefix.byteCount
        }
    }

    private static func repairRecord(at start: Int, in bytes: inout [UInt8]) {
        let headerStart = start + RecordPrefix.byteCount
        let headerByteCount = number(at: start + 12, byteCount: 4, in: bytes)
        let payloadByteCount = number(at: start + 16, byteCount: 8, in: bytes)
        let room = UInt64(bytes.count - headerStart)
        if headerByteCount <= room {
            let headerEnd = headerStart + Int(headerByteCount)
            put(sum(headerStart..<headerEnd, of: bytes), at: start + 48, in: &bytes)
            if payloadByteCount <= room - headerByteCount {
                let payloadEnd = headerEnd + Int(payloadByteCount)
                put(sum(headerEnd..<payloadEnd, of: bytes), at: start + 44, in: &bytes)
                repairTrailer(at: payloadEnd, ofRecordAt: start, in: &bytes)
            }
        }
        put(sum(start..<start + 52, of: bytes), at: start + 52, in: &bytes)
    }

    private static func repairTrailer(
        at start: Int,
        ofRecordAt recordStart: Int,
        in bytes: inout [UInt8]
    ) {
        let end = start + RecordTrailer.byteCount
        guard end <= bytes.count else { return }
        let byteCount = UInt64(end - recordStart)
        for index in 0..<8 {
            bytes[start + 4 + index] = UInt8(truncatingIfNeeded: byteCount >> (UInt64(index) * 8))
            bytes[start + 20 + index] = bytes[recordStart + 32 + index]
        }
        put(sum(start..<start + 28, of: bytes), at: start + 28, in: &bytes)
    }

    private static func number(at start: Int, byteCount: Int, in bytes: [UInt8]) -> UInt64 {
        bytes[start..<start + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func sum(_ range: Range<Int>, of bytes: [UInt8]) -> UInt32 {
        // Bytes have no padding that the raw view could show.
        CRC32C(of: bytes.rawSpan.extracting(range)).value
    }

    private static func put(_ value: UInt32, at start: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 {
            bytes[start + index] = UInt8(truncatingIfNeeded: value >> (UInt32(index) * 8))
        }
    }
}
