extension Buffer {
    /// A copy of the bytes; for small things such as side data.
    package var array: [UInt8] {
        let bytes = bytes
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
