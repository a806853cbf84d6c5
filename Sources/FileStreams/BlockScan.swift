internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// Goes through a file block by block, with few reads: to find what is sound behind damage.
struct BlockScan {
    /// Bytes that are read at a time.
    private static let readByteCount = 64 * CheckedBlock.byteCount

    private let file: any OpenFile
    private let path: FilePath
    private let access: FileAccess
    private var position: Int
    private var window: Buffer?
    private var windowStart = 0

    /// Begins at a place that is a multiple of a block.
    init(_ file: any OpenFile, _ path: FilePath, from position: Int, _ access: FileAccess) {
        self.file = file
        self.path = path
        self.access = access
        self.position = position
    }

    /// The next whole block and where it stands; `nil` at the end of the file.
    mutating func next() throws(StreamError) -> (position: Int, block: Buffer)? {
        if window.map({ position + CheckedBlock.byteCount > windowStart + $0.byteCount }) ?? true {
            window = try access.read(file, path, at: position, byteCount: Self.readByteCount)
            windowStart = position
        }
        guard let window, position + CheckedBlock.byteCount <= windowStart + window.byteCount
        else { return nil }
        let start = position - windowStart
        defer { position += CheckedBlock.byteCount }
        return (position, window.slice(start..<start + CheckedBlock.byteCount))
    }
}
