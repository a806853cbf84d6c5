public import Buffers
internal import FFmpeg
public import FrameFormat
public import Pipelines
internal import Stages

/// Cuts a part out of packets, exact to the frame.
///
/// Groups of pictures that lie wholly inside pass as they are. Those that lie across an edge are
/// decoded, and what is wanted of them is encoded anew, with parameter sets of their own in the
/// packets; in front of the first group that passes, the stream's own are repeated.
public struct Clip: Transform {
    /// `clip`
    public static let kind = "clip"
    /// Decoding and encoding compute for long.
    public static let execution = StageExecution.blocking

    /// Bytes of a group of pictures that is kept in memory.
    static let groupByteCountMaximum = 256 << 20
    /// The quality of what is encoded anew: hard to tell from the original.
    static let quality = 95

    private let start: MediaTime?
    private let end: MediaTime?
    private let pool: BufferPool
    private let remark: @Sendable (String) -> Void

    /// Cuts out what is shown from `start` on and before `end`; `nil` is an end of the stream.
    /// `remark` hears how much was encoded anew.
    public init(
        from start: MediaTime?,
        to end: MediaTime?,
        pool: BufferPool,
        remark: @escaping @Sendable (String) -> Void
    ) {
        self.start = start
        self.end = end
        self.pool = pool
        self.remark = remark
    }

    /// Cuts group by group; ends when a group lies behind the end.
    ///
    /// - Throws: `unsuitable` for groups across an edge that need pictures of the group before, and
    ///   for codecs that FFmpeg does not encode in a form that fits.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var group: [Frame] = []
        var byteCount = 0
        var cutter = ClipCutter(start: start, end: end, pool: pool)
        while let element = try await input.next() {
            switch element {
            case .gap(let gap): try await output.send(.gap(gap))
            case .frame(let frame):
                if frame.header.flags.contains(.keyframe), !group.isEmpty {
                    guard let packets = try cutter.cut(group) else {
                        group = []
                        break
                    }
                    for packet in packets { try await output.send(.frame(packet)) }
                    (group, byteCount) = ([], 0)
                }
                if cutter.isDone { break }
                group.append(frame)
                byteCount += frame.byteCount
                guard byteCount <= Self.groupByteCountMaximum else {
                    throw StageError(
                        .unsuitable,
                        """
                        the group of pictures that frame \(group[0].header.sequence) begins is too large to be \
                        cut; encode anew with --codec h264 and --time
                        """
                    )
                }
            }
            if cutter.isDone { break }
        }
        if !cutter.isDone, !group.isEmpty, let packets = try cutter.cut(group) {
            for packet in packets { try await output.send(.frame(packet)) }
        }
        remark(
            "\(cutter.encodedCount) frames at the edges were encoded anew, \(cutter.copiedCount) are as they were"
        )
    }
}
