internal import Buffers
internal import FFmpeg
internal import FrameFormat
public import FrameStreams
public import Pipelines
public import Stages
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
        /// Packets that a demuxer of the file has to show; known when it is complete.
        public fileprivate(set) var expectedCount: UInt64 = 0
        /// Packets that a demuxer of the file does show.
        public fileprivate(set) var shownCount: UInt64 = 0
        /// Why nothing can be decoded from the last keyframe of the file on; `nil` if it can.
        public fileprivate(set) var decodingProblem: String?
        /// Whether the input was stopped before its end; what was there is complete as a video.
        public fileprivate(set) var wasStopped = false

        /// Nothing so far.
        public init() {}

        /// Counts what is known of packets that were written as they are.
        public mutating func count(_ censuses: StreamCensus) { output.count(censuses) }

        /// What the complete file does not give back, for a person.
        public func losses(in file: String) -> [String] {
            var losses: [String] = []
            if shownCount != expectedCount {
                losses.append(
                    "\(file) shows \(shownCount) frames, and \(expectedCount) were to be shown"
                )
            }
            if let decodingProblem {
                losses.append("\(file) cannot be decoded to its end: \(decodingProblem)")
            }
            return losses
        }
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

    /// Writes all packets, reads them again, and gives the file its name.
    ///
    /// - Throws: `cannotCreate` for a file that exists; `unsuitable` for pictures, for packets that
    ///   do not fit behind those before them, with the parts that can be written each, and for what
    ///   the container does not give back.
    public func run(_ input: consuming FrameInput) async throws {
        let file = try VideoFile(path, container, isForced: isForced)
        var counts = Counts()
        let pool = BufferPool()
        var parts = CopyParts(for: container, pool: pool)
        var head = VideoHead()
        var writer: VideoWriter?
        while let element = try await input.next() {
            switch element {
            case .gap(let gap): counts.output.count(gap)
            case .frame(let frame):
                if head.first == nil { try VideoWriter.check(frame, container) }
                head.first = head.first ?? frame
                // Behind the first part, only where the others lie is found out.
                guard let fitted = parts.take(frame) else { continue }
                counts.output.count(frame)
                if let writer {
                    try await write([fitted], to: writer, &head, &parts, &input)
                } else if head.take(fitted) {
                    writer = try await begin(file, &head, &parts, pool, &input)
                }
            }
            report(counts)
        }
        // Nothing is written of packets that are not one file.
        try parts.requireOne()
        if writer == nil { writer = try await begin(file, &head, &parts, pool, &input) }
        guard let writer else { return }
        try writer.finish()
        let readback = try VideoReadback(file.workPath, container)
        counts.expectedCount = writer.shownCount
        counts.shownCount = readback.shownCount
        counts.decodingProblem = readback.decodingProblem
        counts.fileByteCount = try file.complete()
        counts.wasStopped = input.isStopped
        report(counts)
    }

    private func begin(
        _ file: VideoFile,
        _ head: inout VideoHead,
        _ parts: inout CopyParts,
        _ pool: BufferPool,
        _ input: inout FrameInput
    ) async throws -> VideoWriter {
        guard let first = head.first, !head.frames.isEmpty else {
            throw StageError(.badInput, "there are no frames to make a video of")
        }
        let frames = head.removeFrames()
        let writer: VideoWriter
        do {
            writer = try VideoWriter(
                file,
                container,
                first: first,
                head: frames,
                pool: pool,
                remark
            )
        } catch let error as RunBreak {
            throw error.error()
        }
        try await write(frames, to: writer, &head, &parts, &input)
        return writer
    }

    /// Writes packets; where one cannot follow those before it, reads on to say which parts can be
    /// files of their own.
    private func write(
        _ frames: [Frame],
        to writer: VideoWriter,
        _ head: inout VideoHead,
        _ parts: inout CopyParts,
        _ input: inout FrameInput
    ) async throws {
        for (index, frame) in frames.enumerated() {
            do {
                try writer.write(frame)
                head.lastSequence = frame.header.sequence
            } catch let error as RunBreak where error.remedy == .parts && !writer.hasHidden {
                var survey = head.survey(container)
                for frame in frames[index...] { survey.take(frame.header) }
                while let element = try await input.next() {
                    guard case .frame(let frame) = element else { continue }
                    let partCount = parts.count
                    _ = parts.take(frame)
                    survey.take(frame.header, isApart: parts.count > partCount)
                }
                survey.finish()
                throw error.error(ranges: survey)
            } catch let error as RunBreak where writer.hasHidden {
                // The numbers of its packets are not those of its pictures.
                throw RunBreak(
                    sequence: error.sequence,
                    reason: error.reason,
                    remedy: .words("an edit list shows it in parts; encode anew with --codec h264")
                ).error()
            } catch let error as RunBreak {
                throw error.error()
            }
        }
    }
}

/// The first packets of a video, and which packets it has.
private struct VideoHead {
    /// The first packet as it is stored; the others are as the file takes them.
    var first: Frame?
    private(set) var frames: [Frame] = []
    private var byteCount = 0
    private var firstSequence: UInt64 = 0
    var lastSequence: UInt64 = 0

    /// - Returns: Whether these are enough to begin with.
    mutating func take(_ frame: Frame) -> Bool {
        frames.append(frame)
        byteCount += frame.byteCount
        return frames.count >= VideoStart.packetCount || byteCount >= VideoStart.byteCountMaximum
    }

    mutating func removeFrames() -> [Frame] {
        firstSequence = frames.first?.header.sequence ?? 0
        lastSequence = firstSequence
        defer { frames = [] }
        return frames
    }

    /// What finds out which packets can be files of their own.
    func survey(_ container: VideoContainer) -> RangeSurvey {
        RangeSurvey(from: firstSequence, through: lastSequence) { first in
            var timeline = PacketTimeline(first, timeBase: nil, container: container)
            return { header in _ = try timeline.place(header) }
        }
    }
}
