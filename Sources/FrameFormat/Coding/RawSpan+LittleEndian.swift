extension RawSpan {
    /// Reads an integer of which the least significant byte comes first.
    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        as type: Value.Type = Value.self
    ) -> Value {
        precondition(
            offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size,
            "a read lies in its span"
        )
        return unsafe Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }
}
