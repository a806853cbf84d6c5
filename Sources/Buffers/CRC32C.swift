internal import CPlatform

/// A CRC32C checksum (Castagnoli polynomial, RFC 3720 appendix B.4).
///
/// Checksums of neighbouring pieces combine into that of the whole, so no byte is summed twice.
public struct CRC32C: Hashable, Sendable {
    /// The finished value: 0 for no bytes, `0xE3069283` for the ASCII digits 1 to 9.
    public let value: UInt32

    /// Takes a value that was computed or stored before.
    public init(value: UInt32 = 0) {
        self.value = value
    }

    /// Sums `bytes`.
    public init(of bytes: RawSpan) {
        self = CRC32C().appending(bytes)
    }

    /// The checksum of what this one covers, followed by `bytes`.
    public func appending(_ bytes: RawSpan) -> CRC32C {
        let next = unsafe bytes.withUnsafeBytes {
            unsafe cplatform_crc32c(value, $0.baseAddress, $0.count)
        }
        return CRC32C(value: next)
    }

    /// The checksum of what this one covers, followed by `byteCount` bytes with the checksum
    /// `next`.
    ///
    /// - Complexity: O(log `byteCount`).
    public func appending(_ next: CRC32C, byteCount: Int) -> CRC32C {
        precondition(byteCount >= 0, "a byte count is not negative")
        return CRC32C(value: cplatform_crc32c_combine(value, next.value, UInt64(byteCount)))
    }

    /// Whether the processor has an instruction for this; without one it runs at a tenth of the
    /// speed.
    public static var isAccelerated: Bool {
        cplatform_crc32c_is_accelerated() != 0
    }
}

extension CRC32C {
    /// Sums `bytes` by table: slow, and the reference that the fast way is tested against.
    package init(portablyOf bytes: RawSpan) {
        value = unsafe bytes.withUnsafeBytes {
            unsafe cplatform_crc32c_portable(0, $0.baseAddress, $0.count)
        }
    }
}
