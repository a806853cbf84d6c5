internal import FFmpeg
internal import FrameFormat
internal import Stages
internal import SystemPackage

/// Writes the first packets of a video to a file of the same kind and reads them again, before the
/// whole is written: whether a container gives back what it took is known only then.
struct VideoTrial {
    /// Packets that are tried.
    static let packetCount = 8
    /// Bytes of them, the first not counted.
    private static let byteCountMaximum = 16 << 20

    private struct Outcome {
        var pictureCount = 0
        var first: PictureTally.Look?
        var refusal: FFmpegError?
    }

    /// A packet with its times in the file.
    private typealias Placed = (frame: Frame, times: PacketTimeline.Times)

    private let frames: [Frame]
    private let parameters: FFmpeg.CodecParameters
    private let container: VideoContainer
    private let codecName: String

    /// A trial with the first of these packets that are alike; `parameters` are what a file is told
    /// of them.
    init(_ head: [Frame], _ parameters: FFmpeg.CodecParameters, _ container: VideoContainer) {
        let identity = head[0].header.codecParameters?.identity
        var byteCount = 0
        var frames: [Frame] = []
        for frame in head.prefix(Self.packetCount) {
            byteCount += frame.byteCount
            guard frames.isEmpty || byteCount <= Self.byteCountMaximum,
                frame.header.codecParameters?.identity == identity
            else { break }
            frames.append(frame)
        }
        self.frames = frames
        self.parameters = parameters
        self.container = container
        codecName = head[0].header.codec.name
    }

    /// Tries, and leaves nothing behind.
    ///
    /// - Parameters:
    ///   - path: A file that is made and removed.
    ///   - timeline: What places the packets.
    ///   - makeMuxer: Opens the container there.
    /// - Throws: `unsuitable` where other pictures come back than went in.
    func run(
        at path: FilePath,
        _ timeline: PacketTimeline,
        makeMuxer: (FilePath) throws -> Muxer
    ) throws {
        // Only as many as can be written are compared.
        let placed = placed(timeline)
        guard let direct = try direct(placed.map(\.frame)), direct.pictureCount > 0 else { return }
        defer { Files.remove(path) }
        try write(placed, to: path, timeline.timeBase, makeMuxer)
        let again: Outcome
        do throws(FFmpegError) {
            again = try readAgain(path)
        } catch {
            throw refusal("what is written cannot be opened again: \(error)")
        }
        guard again.pictureCount > 0 else {
            let reason = again.refusal.map { ": \($0)" } ?? ""
            throw refusal("no picture of what is written can be decoded\(reason)")
        }
        let start = frames[0].header.flags
        let isSound =
            start.contains(.keyframe) && direct.refusal == nil && !hasLeading
            && !frames.contains { !$0.header.flags.isDisjoint(with: [.corrupt, .discard]) }
        guard isSound else { return }
        guard again.pictureCount >= direct.pictureCount else {
            throw refusal(
                """
                of the first \(placed.count) packets, \(again.pictureCount) pictures come back instead of \
                \(direct.pictureCount)
                """
            )
        }
        guard again.first == direct.first else {
            throw refusal("the pictures that come back are others")
        }
    }

    /// Whether pictures are shown before the first that is decoded; they may need others, and what
    /// becomes of them differs.
    private var hasLeading: Bool {
        guard let first = frames[0].header.presentationTime?.time else { return false }
        return frames.contains { $0.header.presentationTime?.time.isBefore(first) ?? false }
    }

    private func refusal(_ reason: String) -> StageError {
        StageError(
            .unsuitable,
            """
            \(container.fileExtension) cannot hold this \(codecName) as FFmpeg writes it: \(reason); \
            \(container.wayOut(for: codecName))
            """
        )
    }

    /// What packets themselves give; `nil` if nothing here decodes them.
    private func direct(_ frames: [Frame]) throws -> Outcome? {
        var tally: PictureTally
        do throws(FFmpegError) {
            tally = try PictureTally(parameters, threadCount: 1)
        } catch {
            return nil
        }
        var outcome = Outcome()
        for frame in frames {
            var packet = try Packet()
            try packet.fill(from: frame)
            tally.send(packet)
            outcome.refusal = outcome.refusal ?? tally.refusal
        }
        tally.finish()
        (outcome.pictureCount, outcome.first) = (tally.pictureCount, tally.first)
        return outcome
    }

    private func write(
        _ placed: [Placed],
        to path: FilePath,
        _ timeBase: Rational,
        _ makeMuxer: (FilePath) throws -> Muxer
    ) throws {
        do {
            try Self.mux(placed, into: try makeMuxer(path), timeBase)
        } catch let error as FFmpegError where error.isRefusal {
            throw refusal("it does not take the packets: \(error.text)")
        }
    }

    /// The packets with their times; what cannot be placed is said when it is written.
    private func placed(_ timeline: PacketTimeline) -> [Placed] {
        var timeline = timeline
        var placed: [Placed] = []
        for frame in frames {
            // The writer meets the same packet, and says what is wrong with it.
            guard let times = try? timeline.place(frame.header) else { break }
            placed.append((frame, times))
        }
        return placed
    }

    private static func mux(
        _ placed: [Placed],
        into muxer: consuming Muxer,
        _ timeBase: Rational
    ) throws {
        var packet = try Packet()
        for (frame, times) in placed {
            try packet.fill(from: frame, times, timeBase)
            try muxer.write(&packet)
        }
        try muxer.finish()
    }

    private func readAgain(_ path: FilePath) throws(FFmpegError) -> Outcome {
        var demuxer = try Demuxer(.file(path.string))
        guard let stream = demuxer.streams.first(where: { $0.kind == .video }) else {
            return Outcome()
        }
        var parameters = stream.parameters
        // The alpha beside the packets is not in what FFmpeg knows of the file.
        if self.parameters.hasAlpha, ["vp8", "vp9"].contains(parameters.codecName) {
            parameters.pixelFormat = self.parameters.pixelFormat
        }
        var tally = try PictureTally(parameters, threadCount: 1)
        var packet = try Packet()
        var outcome = Outcome()
        while try demuxer.read(into: &packet) == .packet {
            guard packet.streamIndex == stream.index else { continue }
            tally.send(packet)
            outcome.refusal = outcome.refusal ?? tally.refusal
        }
        tally.finish()
        (outcome.pictureCount, outcome.first) = (tally.pictureCount, tally.first)
        return outcome
    }
}

extension Packet {
    /// Takes a coded frame with its times in a file.
    mutating func fill(
        from frame: Frame,
        _ times: PacketTimeline.Times,
        _ timeBase: Rational
    ) throws {
        try fill(from: frame)
        presentationTimestamp = times.presentation
        decodeTimestamp = times.decode
        duration = times.duration
        self.timeBase = timeBase.fraction
        streamIndex = 0
    }
}

extension FFmpegError {
    /// Whether FFmpeg does not take what it was given, and no device failed.
    var isRefusal: Bool {
        let devices: [Code] = [
            .inputOutput, .noSpace, .quota, .fileTooLarge, .outOfMemory, .permissionDenied,
            .noSuchFile, .timedOut, .interrupted,
        ]
        return !devices.contains(code)
    }
}
