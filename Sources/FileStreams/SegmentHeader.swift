internal import Buffers
internal import ByteStreams

/// What a segment file begins with, twice, so that damage to one copy is survived.
struct SegmentHeader: Hashable {
    /// `SPKSEG` and two bytes that are no text.
    private static let magic: UInt64 = 0x8F_0A_47_45_53_4B_50_53
    /// The version of the layout of segments and entries.
    static let version: UInt32 = 1
    /// Copies at the start of the file.
    static let copyCount = 2
    /// Where the first entry stands.
    static let byteCount = copyCount * CheckedBlock.byteCount

    /// The stream offset of the first byte.
    var base: StreamOffset
    /// Which opening of the stream wrote it.
    var epoch: UInt32
    /// A random number that each entry repeats, so that neither old blocks nor payloads pass for
    /// entries.
    var salt: UInt64

    init(base: StreamOffset, epoch: UInt32, salt: UInt64) {
        self.base = base
        self.epoch = epoch
        self.salt = salt
    }

    /// Reads one copy; `nil` for anything else.
    init?(_ bytes: RawSpan) {
        guard CheckedBlock.isSound(bytes), bytes.load(UInt64.self, at: 0) == Self.magic,
            bytes.load(UInt32.self, at: 8) == Self.version
        else { return nil }
        epoch = bytes.load(UInt32.self, at: 12)
        base = StreamOffset(bytes.load(UInt64.self, at: 16))
        salt = bytes.load(UInt64.self, at: 24)
    }

    /// One copy.
    func block(from pool: BufferPool) -> Buffer {
        var block = CheckedBlock.make(from: pool)
        block.store(Self.magic, at: 0)
        block.store(Self.version, at: 8)
        block.store(epoch, at: 12)
        block.store(base.value, at: 16)
        block.store(salt, at: 24)
        return CheckedBlock.seal(block)
    }
}
