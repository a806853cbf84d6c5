internal import Buffers
internal import FFmpeg
internal import FrameFormat
public import Pipelines
public import SystemPackage

/// Puts packets together into a video file, as they are.
///
/// The file has another name until it is complete and durable. Of a playlist, the segments come
/// first and the list last.
public struct VideoSink: Sink {
    /// What an export of video has done.
    public struct Counts: Hashable, Sendable {
        /// Packets and gaps.
        public fileprivate(set) var output = OutputCounts()
        /// Bytes of the file.
        public fileprivate(set) var fileByteCount: UInt64 = 0
        /// Whether the input was stopped before its end; what was there is complete as a video.
        public fileprivate(set) var wasStopped = false

        /// Nothing so far.
        public init() {}
    }

    /// `video`
    public static let kind = "video"
    /// Writing files blocks.
    public static let execution = StageExecution.blocking

    private let path: FilePath
    private let container: VideoContainer
    private let isForced: Bool
    private let remark: @Sendable (String) -> Void
    private let report: @Sendable (Counts) -> Void

    /// Writes a file of this kind.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - container: What its ending says.
    ///   - isForced: Whether a file that exists is replaced.
    ///   - remark: Hears, once for each, of what the container cannot keep.
    ///   - report: Hears what was written so far.
    public init(
        to path: FilePath,
        container: VideoContainer,
        isForced: Bool,
        remark: @escaping @Sendable (String) -> Void = { _ in },
        report: @escaping @Sendable (Counts) -> Void
    ) {
        self.path = path
        self.container = container
        self.isForced = isForced
        self.remark = remark
        self.report = report
    }

    /// Writes all packets, and gives the file its name.
    ///
    /// - Throws: `cannotCreate` for a file that exists; `unsuitable` for pictures, and for packets
    ///   that do not fit behind those before them.
    public func run(_ input: consuming FrameInput) async throws {
        let file = try VideoFile(path, container, isForced: isForced)
        var counts = Counts()
        let pool = BufferPool()
        var parts = CopyParts(for: container, pool: pool)
        var writer: VideoWriter?
        while let element = try await input.next() {
            switch element {
            case .gap(let gap): counts.output.count(gap)
            case .frame(let frame):
                let current =
                    try writer ?? VideoWriter(file, container, first: frame, pool: pool, remark)
                writer = current
                // Behind the first part, only where the others lie is found out.
                guard let fitted = parts.take(frame) else { continue }
                try current.write(fitted)
                counts.output.count(frame)
            }
            report(counts)
        }
        guard let writer else {
            throw StageError(.badInput, "there are no frames to make a video of")
        }
        try parts.requireOne()
        try writer.finish()
        counts.fileByteCount = try file.complete()
        counts.wasStopped = input.isStopped
        report(counts)
    }
}
