internal import Buffers
internal import SystemPackage

/// What a stream says about itself as a whole: two files with the same contents, of which the
/// newest sound one counts.
struct StreamManifest: Hashable {
    private static let magic: UInt64 = 0x8F_0A_4E_41_4D_4B_50_53
    private static let version: UInt32 = 1
    static let fileNames = ["MANIFEST.0", "MANIFEST.1"]

    /// Grows with each change.
    var generation: UInt64 = 1
    /// How often the stream has been opened for writing.
    var epoch: UInt32 = 0
    /// The first byte that can be read.
    var head = StreamOffset.zero
    /// Whether nothing can be appended any more.
    var isSealed = false

    init() {}

    init?(_ bytes: RawSpan) {
        guard CheckedBlock.isSound(bytes), bytes.load(UInt64.self, at: 0) == Self.magic,
            bytes.load(UInt32.self, at: 8) == Self.version
        else { return nil }
        epoch = bytes.load(UInt32.self, at: 12)
        generation = bytes.load(UInt64.self, at: 16)
        head = StreamOffset(bytes.load(UInt64.self, at: 24))
        isSealed = bytes.load(UInt8.self, at: 32) == 1
    }

    private func block(from pool: BufferPool) -> Buffer {
        var block = CheckedBlock.make(from: pool)
        block.store(Self.magic, at: 0)
        block.store(Self.version, at: 8)
        block.store(epoch, at: 12)
        block.store(generation, at: 16)
        block.store(head.value, at: 24)
        block.store(UInt8(isSealed ? 1 : 0), at: 32)
        return CheckedBlock.seal(block)
    }

    /// The newest of the two; `nil` where there is none.
    static func load(
        from folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> StreamManifest? {
        var newest: StreamManifest?
        for name in fileNames {
            guard let block = try access.block(folder.appending(name), at: 0),
                let manifest = StreamManifest(block.bytes)
            else { continue }
            if newest.map({ $0.generation < manifest.generation }) ?? true { newest = manifest }
        }
        return newest
    }

    /// Makes the manifest durable: one file after the other, so that one is whole at any time.
    func save(to folder: FilePath, _ access: FileAccess) throws(StreamError) {
        let block = block(from: access.pool)
        for name in Self.fileNames {
            try access.write(block, to: folder.appending(name), at: 0, isSynced: true)
        }
    }
}

/// Up to where a stream is durable, as other processes read it. Never ahead of the disk, so it
/// needs no sync of its own.
struct CommitMark: Hashable {
    private static let magic: UInt64 = 0x8F_0A_54_4D_4F_4B_50_53
    static let fileName = "COMMIT"
    /// Two slots, written in turn.
    static let slotCount = 2

    var generation: UInt64 = 0
    var durable = StreamOffset.zero
    /// Whether the writer closed the stream in good order.
    var isClosed = false

    init() {}

    private init?(_ bytes: RawSpan) {
        guard CheckedBlock.isSound(bytes), bytes.load(UInt64.self, at: 0) == Self.magic else {
            return nil
        }
        generation = bytes.load(UInt64.self, at: 8)
        durable = StreamOffset(bytes.load(UInt64.self, at: 16))
        isClosed = bytes.load(UInt8.self, at: 24) == 1
    }

    /// The slots that are sound.
    static func slots(
        in folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> [CommitMark?] {
        var slots: [CommitMark?] = []
        for index in 0..<slotCount {
            let block = try access.block(
                folder.appending(fileName),
                at: index * CheckedBlock.byteCount
            )
            slots.append(block.flatMap { CommitMark($0.bytes) })
        }
        return slots
    }

    /// The newest slot.
    static func load(
        from folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> CommitMark? {
        try slots(in: folder, access).compactMap { $0 }.max { $0.generation < $1.generation }
    }

    /// Overwrites the older slot.
    ///
    /// - Parameter isSynced: Whether to wait until the disk has it. Needed only where an older mark
    ///   would say too much: that the stream is closed when it is not.
    func save(
        to folder: FilePath,
        _ access: FileAccess,
        isSynced: Bool = false
    ) throws(StreamError) {
        var block = CheckedBlock.make(from: access.pool)
        block.store(Self.magic, at: 0)
        block.store(generation, at: 8)
        block.store(durable.value, at: 16)
        block.store(UInt8(isClosed ? 1 : 0), at: 24)
        let slot = Int(generation % UInt64(Self.slotCount))
        try access.write(
            CheckedBlock.seal(block),
            to: folder.appending(Self.fileName),
            at: slot * CheckedBlock.byteCount,
            isSynced: isSynced
        )
    }
}
