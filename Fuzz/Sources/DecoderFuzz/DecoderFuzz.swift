internal import Buffers
internal import FrameFormat

/// Memory for all runs, so that the fuzzer measures the decoder and not the allocator.
private let pool = BufferPool()

/// Decodes what the fuzzer made up, cut as its first two bytes say, and stops the process where the
/// decoder breaks its word.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    guard let start = unsafe start, byteCount > 2 else { return 0 }
    let input = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
    // The first byte decides the length of the chunks; the second whether the salt is known, whether
    // checksums come along, whether every fourth chunk is lost, and whether checksums are made right.
    let chunkByteCount = unsafe 1 + Int(input[0]) * 8
    let switches = unsafe input[1]
    var mutated = unsafe Array(input[2...])
    if switches & 8 != 0 { ChecksumRepair.repair(&mutated) }
    let bytes = pool.makeBuffer(copying: mutated.rawSpan)
    let salt: UInt64? = switches & 1 == 0 ? nil : 0x5A17_5A17_5A17_5A17
    var decoder = RecordDecoder(at: 1000, salt: salt, pool: pool)
    var checker = ItemChecker(start: 1000)
    var offset = 0
    while offset < bytes.byteCount {
        let chunk = bytes.slice(offset..<min(offset + chunkByteCount, bytes.byteCount))
        offset += chunk.byteCount
        if switches & 4 != 0, (offset / chunkByteCount) % 4 == 3 {
            decoder.appendLost(byteCount: chunk.byteCount)
        } else {
            decoder.append(chunk, checksum: switches & 2 == 0 ? nil : CRC32C(of: chunk.bytes))
        }
        checker.drain(&decoder)
    }
    decoder.finish()
    checker.drain(&decoder)
    precondition(checker.end == 1000 + UInt64(bytes.byteCount), "items cover the stream")
    return 0
}

/// Sees that items follow each other without a hole, and hold no more than what came in.
private struct ItemChecker {
    private(set) var end: UInt64
    private var count = 0

    init(start: UInt64) {
        end = start
    }

    mutating func drain(_ decoder: inout RecordDecoder) {
        while let item = decoder.next() {
            count += 1
            switch item {
            case .record(let stored):
                precondition(stored.offset == end, "a record starts where the item before it ended")
                end += stored.byteCount
                if case .frame(let frame) = stored.record {
                    precondition(frame.byteCount <= stored.byteCount, "a frame fits its record")
                }
            case .fault(let fault):
                precondition(
                    fault.range.lowerBound == end,
                    "a fault starts where the item before it ended"
                )
                precondition(!fault.range.isEmpty, "a fault covers bytes")
                end = fault.range.upperBound
            }
        }
    }
}
