internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import SystemPackage

/// A muxer at work on one stream of packets. A class, because it owns C objects and is kept in an
/// optional.
final class VideoWriter {
    private let path: FilePath
    private let container: VideoContainer
    private let codec: Codec
    private let identity: UInt64?
    private let remark: (String) -> Void
    private var muxer: Muxer?
    private var packet: Packet
    private var remarks: Set<String> = []
    private var codedAspect: CodedAspect?

    init(
        _ file: VideoFile,
        _ container: VideoContainer,
        first frame: Frame,
        pool: BufferPool,
        _ remark: @escaping (String) -> Void
    ) throws {
        let header = frame.header
        guard header.codec != .raw else {
            throw StageError(.unsuitable, "frame \(header.sequence) is a picture, not a packet")
        }
        guard let stored = header.codecParameters?.parameters else {
            throw StageError(
                .badInput,
                "frame \(header.sequence) is behind the start of its group of pictures; start at a keyframe"
            )
        }
        guard container.holds(header.codec.name) else {
            throw StageError(
                .unsuitable,
                "\(container.fileExtension) cannot hold \(header.codec.name); mkv can"
            )
        }
        path = file.workPath
        self.container = container
        self.remark = remark
        codec = header.codec
        identity = header.codecParameters?.identity
        packet = try Packet()
        var parameters = try frame.copyParameters(stored, pool: pool)
        parameters.timeBase = header.timeBase?.fraction
        parameters.frameRate = Self.rate(header)
        let statement = try ContainerStatement(frame, parameters, in: container)
        let writtenTag: UInt32?
        do {
            var muxer = try Muxer(path: path.string, format: container.muxerName)
            _ = try muxer.addStream(
                parameters,
                displayMatrix: container.keepsRotation
                    ? header.displayMatrix.flatMap { FFmpeg.DisplayMatrix(values: $0.elements) }
                    : nil,
                sideData: statement.sideData
            )
            try muxer.writeHeader(
                options: Self.options(container, header, path, statement.options)
            )
            writtenTag = muxer.codecTag(of: 0)
            self.muxer = consume muxer
        } catch {
            throw StageError(
                .cannotCreate,
                "\(container.fileExtension) cannot hold \(codec.name) in \(path): \(error)"
            )
        }
        try statement.check(tag: writtenTag)
        for loss in statement.losses { say(loss) }
        if !container.keepsRotation, header.displayMatrix != nil {
            say("\(container.fileExtension) keeps no rotation; players show the pictures as stored")
        }
    }

    /// Frames in a second, where the first frame's duration tells.
    private static func rate(_ header: FrameHeader) -> Fraction? {
        guard let time = header.duration?.time, time.value > 0,
            let ticks = UInt32(exactly: time.value),
            case let (bottom, overflow) =
                time.timeBase.numerator.multipliedReportingOverflow(by: ticks), !overflow
        else { return nil }
        return Rational(time.timeBase.denominator, bottom).fraction
    }

    private static func options(
        _ container: VideoContainer,
        _ header: FrameHeader,
        _ path: FilePath,
        _ further: [(name: String, value: String)]
    ) -> FFmpeg.Options {
        if container.isPlaylist {
            let name = path.stem ?? "video"
            let folder = path.removingLastComponent()
            return Options([
                ("hls_segment_type", "fmp4"), ("hls_playlist_type", "vod"), ("hls_time", "6"),
                ("hls_fmp4_init_filename", "\(name)-init.mp4"),
                ("hls_segment_filename", folder.appending("\(name)-%05d.m4s").string),
            ])
        }
        var options = further.map { ($0.name, $0.value) }
        if container.choosesTimeBase, let timeBase = header.timeBase,
            timeBase.denominator <= UInt32(Int32.max)
        {
            // With the frames' own clock, their times are exact.
            options.append(("video_track_timescale", "\(timeBase.denominator)"))
        }
        return Options(options)
    }

    private func say(_ text: String) {
        if remarks.insert(text).inserted { remark(text) }
    }

    /// Writes a packet.
    func write(_ frame: Frame) throws {
        let header = frame.header
        guard header.codec == codec, header.codecParameters?.identity == identity else {
            throw StageError(
                .unsuitable,
                """
                frame \(header.sequence) has other codec parameters than those before it, which \
                \(container.fileExtension) cannot hold; export the parts apart with --frames, or encode anew with \
                --codec h264
                """
            )
        }
        if header.flags.contains(.discard), !container.keepsEditLists {
            say(
                "\(container.fileExtension) has no edit lists; frames that are not shown become visible"
            )
        }
        sayTimeLoss(header)
        sayAspectChange(frame)
        try packet.fill(from: frame)
        packet.streamIndex = 0
        do {
            try muxer?.write(&packet)
        } catch {
            throw StageError(
                .inputOutput,
                "writing frame \(header.sequence) to \(path) failed: \(error)"
            )
        }
    }

    /// Says where the coded stream changes the shape of pixels, once.
    private func sayAspectChange(_ frame: Frame) {
        guard frame.header.flags.contains(.keyframe), let aspect = CodedAspect(frame) else {
            return
        }
        defer { codedAspect = codedAspect ?? aspect }
        guard let first = codedAspect, first != aspect, !remarks.contains("aspect"),
            frame.header.sampleAspectRatioProvenance != .container,
            let text = ContainerStatement.aspectChange(at: frame.header, in: container)
        else { return }
        remarks.insert("aspect")
        remark(text)
    }

    /// Says what becomes of times that the container cannot hold.
    private func sayTimeLoss(_ header: FrameHeader) {
        guard let loss = container.timeLoss else { return }
        let isRounded =
            container.muxerName != "matroska" && container.muxerName != "webm"
            || !(header.presentationTime?.time.isWholeMilliseconds ?? true)
        if isRounded { say("\(container.fileExtension): \(loss)") }
    }

    /// Writes what follows the packets.
    func finish() throws {
        guard let muxer = muxer.take() else { return }
        do {
            try muxer.finish()
        } catch {
            throw StageError(.inputOutput, "completing \(path) failed: \(error)")
        }
    }
}

extension MediaTime {
    fileprivate var isWholeMilliseconds: Bool {
        let top = Int128(value) * Int128(timeBase.numerator) * 1000
        return top % Int128(timeBase.denominator) == 0
    }
}
