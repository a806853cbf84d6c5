import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import SystemPackage

/// Makes a stream as large as many disks together out of sparse files: every segment has its
/// headers, one entry of zeros as long as the segment, and its seal.
///
/// The blocks are those of a segment that the store wrote, with other numbers in the places that
/// the store documents.
struct Forge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a large stream of zeros out of sparse files."
    )

    @OptionGroup var place: StreamOptions

    @Option(help: "How many segments.")
    var segments = 4096

    @Option(help: "Bytes of the file of each, a multiple of 4096.")
    var segmentBytes = 256 << 20

    private static let block = 4096
    /// Two headers, an entry's head, a seal.
    private static let blockCount = 4

    func validate() throws {
        let least = (Self.blockCount + 1) * Self.block
        guard segmentBytes % Self.block == 0, segmentBytes >= least, segments > 0 else {
            throw ValidationError("a segment has a multiple of 4096 bytes, and \(least) at least")
        }
    }

    mutating func run() async throws {
        let pool = BufferPool()
        let store = place.store(pool: pool)
        try await store.createStream(place.stream)
        let piece = pool.makeBuffer(copying: Self.zeros(Self.block, pool).bytes)
        try await store.withWriter(for: place.stream) { writer in
            _ = try await writer.append([StreamPiece(piece)])
        }
        let folder = FilePath(place.folder).appending(place.stream.description)
        let template = try Self.read(folder.appending(Self.name(0)), blocks: 5, pool)
        let byteCount = segmentBytes - Self.blockCount * Self.block
        let checksum = Self.checksum(ofZeros: byteCount, pool)
        for index in 0..<segments {
            let base = UInt64(index) * UInt64(byteCount)
            let end = base + UInt64(byteCount)
            var header = Block(template[0], pool)
            header.store(base, at: 16)
            var entry = Block(template[2], pool)
            entry.store(base, at: 16)
            entry.store(base, at: 24)
            entry.store(UInt64(byteCount), at: 32)
            entry.store(UInt64(byteCount), at: 64)
            entry.store(checksum.value, at: 72)
            var seal = Block(template[4], pool)
            seal.store(end, at: 16)
            seal.store(end, at: 24)
            let (first, second) = (header.sealed(), entry.sealed())
            try Self.write(
                [
                    (0, first), (1, first), (2, second),
                    (segmentBytes / Self.block - 1, seal.sealed()),
                ],
                to: folder.appending(Self.name(base))
            )
        }
        let commit = folder.appending("COMMIT")
        for (slot, block) in try Self.read(commit, blocks: 2, pool).enumerated() {
            var mark = Block(block, pool)
            mark.store(UInt64(segments) * UInt64(byteCount), at: 16)
            try Self.write([(slot, mark.sealed())], to: commit)
        }
        Line.say("tail \(UInt64(segments) * UInt64(byteCount))")
    }

    private static func name(_ base: UInt64) -> String {
        let digits = String(base)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".segment"
    }

    private static func zeros(_ byteCount: Int, _ pool: BufferPool) -> Buffer {
        var buffer = pool.makeBuffer(byteCount: byteCount)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
        return buffer.freeze()
    }

    private static func checksum(ofZeros byteCount: Int, _ pool: BufferPool) -> CRC32C {
        let page = zeros(block, pool).checksum
        return (0..<byteCount / block).reduce(CRC32C()) { sum, _ in
            sum.appending(page, byteCount: block)
        }
    }

    private static func read(
        _ path: FilePath,
        blocks: Int,
        _ pool: BufferPool
    ) throws -> [Buffer] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            try (0..<blocks).map { index in
                var buffer = pool.makeBuffer(byteCount: block)
                let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
                    try unsafe file.read(fromAbsoluteOffset: Int64(index * block), into: bytes)
                }
                guard count == block else { throw Finding("\(path) ends in block \(index)") }
                return buffer.freeze()
            }
        }
    }

    private static func write(_ blocks: [(place: Int, bytes: Buffer)], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: .create,
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter {
            for (index, buffer) in blocks {
                _ = try unsafe buffer.bytes.withUnsafeBytes { bytes in
                    try unsafe file.writeAll(toAbsoluteOffset: Int64(index * block), bytes)
                }
            }
        }
    }
}

/// A block of the store whose numbers are changed: its checksum stands in the last four bytes.
struct Block: ~Copyable {
    private static let checksumOffset = 4092

    private var bytes: MutableBuffer

    /// Copies a block.
    init(_ buffer: Buffer, _ pool: BufferPool) {
        bytes = pool.makeBuffer(byteCount: buffer.byteCount)
        bytes.copy(buffer.bytes, at: 0)
    }

    /// Puts a number in its place, lowest byte first.
    mutating func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
        }
    }

    /// The block with its checksum.
    consuming func sealed() -> Buffer {
        let sum = CRC32C(of: bytes.bytes.extracting(0..<Self.checksumOffset))
        store(sum.value, at: Self.checksumOffset)
        return bytes.freeze()
    }
}
