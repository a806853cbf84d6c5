internal import CCrypto

/// The SHA-256 of bytes that come in pieces, by the processor's instructions for it where it has
/// them (OpenSSL, EVP_DigestInit(3)).
@safe
public struct SHA256: ~Copyable, @unchecked Sendable {  // One owner, no thread affinity.
    private let context: OpaquePointer

    /// The bytes of a digest.
    public static let byteCount = 32

    /// The digest of nothing yet.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("no memory for a digest") }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { buffer in
            let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(status == 1, "a digest takes any bytes")
        }
    }

    /// The digest.
    public consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            let status = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(status == 1, "a digest ends once")
            count = Self.byteCount
        }
    }
}
