internal import Buffers

extension MutableBuffer {
    /// Stores a number at a byte offset, lowest byte first.
    mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Number,
        at offset: Int
    ) {
        var bytes = mutableBytes
        precondition(
            offset >= 0 && offset + MemoryLayout<Number>.size <= bytes.byteCount,
            "a field lies in its block"
        )
        bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
}

extension RawSpan {
    /// Loads a number from a byte offset, lowest byte first.
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type, at offset: Int) -> Number
    {
        precondition(
            offset >= 0 && offset + MemoryLayout<Number>.size <= byteCount,
            "a field lies in its block"
        )
        return Number(
            littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
        )
    }

    /// Whether all bytes of a range are zero.
    func isZero(in range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            if load(UInt64.self, at: offset) != 0 { return false }
            offset += 8
        }
        while offset < range.upperBound {
            if load(UInt8.self, at: offset) != 0 { return false }
            offset += 1
        }
        return true
    }
}

/// A block of 4096 bytes with the CRC32C of the others in its last four.
enum CheckedBlock {
    /// Bytes of a block: what every disk and file system writes directly.
    static let byteCount = 4096
    /// Where the checksum stands.
    static let checksumOffset = byteCount - 4

    /// A block of zeros to fill.
    static func make(from pool: BufferPool) -> MutableBuffer {
        var block = pool.makeBuffer(byteCount: byteCount)
        var bytes = block.mutableBytes
        for offset in stride(from: 0, to: byteCount, by: 8) {
            bytes.storeBytes(of: UInt64(0), toByteOffset: offset, as: UInt64.self)
        }
        return block
    }

    /// Writes the checksum.
    static func seal(_ block: consuming MutableBuffer) -> Buffer {
        let checksum = CRC32C(of: block.bytes.extracting(0..<checksumOffset))
        block.store(checksum.value, at: checksumOffset)
        return block.freeze()
    }

    /// Whether the checksum is right.
    static func isSound(_ bytes: RawSpan) -> Bool {
        bytes.byteCount == byteCount
            && CRC32C(of: bytes.extracting(0..<checksumOffset)).value
                == bytes.load(UInt32.self, at: checksumOffset)
    }
}
