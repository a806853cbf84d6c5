import CFFmpeg

/// The SHA-256 of bytes that come in pieces (libavutil).
@safe
public struct SHA256: ~Copyable, @unchecked Sendable {  // One owner, no thread affinity.
    private let pointer: OpaquePointer

    /// The bytes of a digest.
    public static let byteCount = 32

    /// The digest of nothing yet.
    public init() throws(FFmpegError) {
        guard let pointer = unsafe av_sha_alloc() else {
            throw FFmpegError(.outOfMemory, in: "av_sha_alloc")
        }
        unsafe self.pointer = pointer
        // It fails for lengths that it does not know alone, and knows this one.
        _ = unsafe av_sha_init(pointer, Int32(Self.byteCount * 8))
    }

    deinit {
        unsafe av_free(UnsafeMutableRawPointer(pointer))
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            unsafe av_sha_update(
                pointer,
                start.assumingMemoryBound(to: UInt8.self),
                buffer.count
            )
        }
    }

    /// The digest.
    public consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            unsafe av_sha_final(pointer, buffer.baseAddress)
            count = Self.byteCount
        }
    }
}
