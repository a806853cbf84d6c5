internal import SystemPackage

/// Reads pieces of files.
enum SourceReading {
    /// The bytes at `offset`; fewer than `maximum` only at the end of the file.
    static func bytes(
        of file: FileDescriptor,
        at offset: Int64,
        atMost maximum: Int
    ) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count in
            while count < maximum {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[count...])
                )
                let read = try unsafe file.read(
                    fromAbsoluteOffset: offset + Int64(count),
                    into: rest
                )
                guard read > 0 else { return }
                count += read
            }
        }
    }
}
