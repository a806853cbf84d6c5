import Buffers
import FrameFormat

/// Makes prefixes and trailers byte by byte, for records that the encoder refuses to write.
struct RecordPrefixMaker {
    var version: UInt8 = 1
    var type: UInt8 = 1
    var flags: UInt16 = 0
    var fields: [UInt8] = []
    var claimedHeaderByteCount: UInt32?
    var payloadByteCount: UInt64
    var payloadChecksum: UInt32 = 0xDEAD_BEEF
    var salt: UInt64 = Samples.salt

    init(payloadByteCount: UInt64 = 0) {
        self.payloadByteCount = payloadByteCount
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        CRC32C(of: Samples.buffer(bytes).bytes).value
    }

    static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// The prefix and the fields.
    var bytes: [UInt8] {
        var bytes = RecordPrefix.syncWord + [version, type]
        bytes += Self.littleEndian(flags)
        bytes += Self.littleEndian(claimedHeaderByteCount ?? UInt32(fields.count))
        bytes += Self.littleEndian(payloadByteCount)
        bytes += Self.littleEndian(UInt64(5)) + Self.littleEndian(salt)
        bytes += Self.littleEndian(UInt32(1)) + Self.littleEndian(payloadChecksum)
        bytes += Self.littleEndian(Self.checksum(fields))
        bytes += Self.littleEndian(Self.checksum(bytes))
        return bytes + fields
    }

    static func trailer(recordByteCount: UInt64, salt: UInt64 = Samples.salt) -> [UInt8] {
        var bytes = littleEndian(UInt32(0x4B50_53E7)) + littleEndian(recordByteCount)
        bytes += littleEndian(UInt64(0)) + littleEndian(salt)
        return bytes + littleEndian(checksum(bytes))
    }

    /// A whole record over `payload`, right in all its checksums.
    static func record(
        type: UInt8,
        fields: [UInt8],
        payload: [UInt8] = [],
        flags: UInt16 = 0
    ) -> [UInt8] {
        var maker = RecordPrefixMaker(payloadByteCount: UInt64(payload.count))
        maker.type = type
        maker.fields = fields
        maker.flags = flags
        maker.payloadChecksum = checksum(payload)
        let front = maker.bytes + payload
        return front + trailer(recordByteCount: UInt64(front.count + RecordTrailer.byteCount))
    }

    static func field(_ id: UInt16, _ value: [UInt8]) -> [UInt8] {
        littleEndian(id) + littleEndian(UInt16(value.count)) + value
    }
}
