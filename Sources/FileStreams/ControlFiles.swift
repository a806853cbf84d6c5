internal import Buffers
internal import ByteStreams
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

    /// What each of the two files holds; `nil` where one is missing or damaged.
    static func copies(
        in folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> [StreamManifest?] {
        var copies: [StreamManifest?] = []
        for name in fileNames {
            let block = try access.block(folder.appending(name), at: 0)
            copies.append(block.flatMap { StreamManifest($0.bytes) })
        }
        return copies
    }

    /// The newest of the two; `nil` where there is none.
    static func load(
        from folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) -> StreamManifest? {
        newest(of: try copies(in: folder, access))
    }

    static func newest(of copies: [StreamManifest?]) -> StreamManifest? {
        copies.compactMap { $0 }.max { $0.generation < $1.generation }
    }

    /// Makes the manifest durable: one file after the other, so that one is whole at any time.
    ///
    /// The older one goes first, so that the newest that there was is never written over before
    /// there is a newer one, and no interruption leaves one more than one change behind.
    func save(to folder: FilePath, _ access: FileAccess) throws(StreamError) {
        let block = block(from: access.pool)
        let generations = try Self.copies(in: folder, access).map { $0?.generation ?? 0 }
        let order = zip(Self.fileNames, generations).sorted { $0.1 < $1.1 }
        for (name, _) in order {
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

    /// Where it stands.
    private var slot: Int { Int(generation % UInt64(Self.slotCount)) }

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
            // A mark in the other slot is a copy of what stands there, and says nothing new.
            let mark = block.flatMap { CommitMark($0.bytes) }
            slots.append(mark.flatMap { $0.slot == index ? $0 : nil })
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
    /// - Parameter isSynced: Whether to wait until the disk has it, and what was saved before.
    ///   Needed where an older mark would say too much (that the stream is closed when it is not),
    ///   and where no writer may come again that mends a torn one.
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
        try access.write(
            CheckedBlock.seal(block),
            to: folder.appending(Self.fileName),
            at: slot * CheckedBlock.byteCount,
            isSynced: isSynced
        )
    }
}
