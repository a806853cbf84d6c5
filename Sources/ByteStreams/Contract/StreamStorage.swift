/// How a stream lies in its store.
public struct StreamStorage: Hashable, Sendable {
    /// The parts that hold bytes of the stream: files of a file store.
    public var segmentCount: Int
    /// What they take, with all that is kept beside the bytes.
    public var byteCount: UInt64
    /// Whether bytes are written around the page cache; what a file system refuses goes through it.
    public var allowsDirectIO: Bool

    /// Makes a description.
    public init(segmentCount: Int, byteCount: UInt64, allowsDirectIO: Bool) {
        self.segmentCount = segmentCount
        self.byteCount = byteCount
        self.allowsDirectIO = allowsDirectIO
    }
}
