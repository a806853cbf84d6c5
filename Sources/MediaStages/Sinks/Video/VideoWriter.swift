internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Stages
internal import SystemPackage

/// A muxer at work on one stream of packets. A class, because it owns C objects and is kept in an
/// optional.
final class VideoWriter {
    private let path: FilePath
    private let container: VideoContainer
    private let codec: Codec
    private let identity: UInt64?
    private let remark: (String) -> Void
    private var timeline: PacketTimeline
    private var muxer: Muxer?
    private var packet: Packet
    private var remarks: Set<String> = []
    private var codedAspect: CodedAspect?
    /// Packets that a demuxer of the file has to show.
    private(set) var shownCount: UInt64 = 0
    /// Whether there are packets that are decoded and not shown.
    private(set) var hasHidden = false
    /// Packets that are not shown, behind one that is: they are written once one is shown again.
    /// Behind the last nothing rests on them, FFmpeg's edit lists end with the last packet, and
    /// without edit lists they would be shown.
    private var held: [Frame] = []
    private static let heldCountMaximum = 1024
    private var leadingCount = 0
    private var firstPresentation: Int64?

    /// Opens the container for packets that begin with `head`, once a trial with some of them has
    /// shown that it gives back what it takes.
    ///
    /// - Parameters:
    ///   - first: The first packet as it is stored.
    ///   - head: The first packets as the file takes them (``CopyParts``).
    init(
        _ file: VideoFile,
        _ container: VideoContainer,
        first: Frame,
        head: [Frame],
        pool: BufferPool,
        _ remark: @escaping (String) -> Void
    ) throws {
        let header = first.header
        let stored = try Self.check(first, container)
        path = file.workPath
        self.container = container
        self.remark = remark
        codec = header.codec
        identity = header.codecParameters?.identity
        packet = try Packet()
        let start = VideoStart(head.map(\.header), container)
        timeline = start.timeline
        // A packet that cannot be the first is refused before anything is written.
        var probe = timeline
        _ = try probe.place(header)
        var parameters = try first.copyParameters(stored, pool: pool)
        parameters.extradata = container.muxerExtraData(
            parameters.extradata,
            of: codec.name
        )
        parameters.timeBase = timeline.timeBase.fraction
        parameters.frameRate = header.frameRate?.fraction
        let statement = ContainerStatement(first, parameters, in: container)
        let opening = VideoOpening(
            container: container,
            parameters: parameters,
            statement: statement
        )
        try VideoTrial(head, parameters, container).run(at: file.trialPath, timeline) { path in
            try opening.open(path, container.fileMuxerName, header)
        }
        muxer = try opening.open(path, container.muxerName, header)
        if let text = start.remark { say(text) }
        for loss in statement.losses { say(loss) }
        if !container.keepsRotation, header.displayMatrix != nil {
            say("\(container.fileExtension) keeps no rotation; players show the pictures as stored")
        }
    }

    /// Refuses a packet that no such file can begin with.
    ///
    /// - Returns: The parameters of its codec.
    @discardableResult
    static func check(
        _ first: Frame,
        _ container: VideoContainer
    ) throws -> FrameFormat.CodecParameters {
        let header = first.header
        guard header.codec != .raw else {
            throw StageError(.unsuitable, "frame \(header.sequence) is a picture, not a packet")
        }
        guard let stored = header.codecParameters?.parameters else {
            throw StageError(
                .badInput,
                "frame \(header.sequence) is behind the start of its group of pictures; start at a keyframe"
            )
        }
        try ContainerStatement.checkAlpha(first, container)
        try container.check(holds: header.codec.name)
        return stored
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
        sayTimeLoss(header)
        sayAspectChange(frame)
        if header.flags.contains(.discard) {
            hasHidden = true
            if shownCount > 0, held.count < Self.heldCountMaximum {
                held.append(frame)
                return
            }
        }
        for frame in held { try mux(frame) }
        held = []
        try mux(frame)
    }

    private func mux(_ frame: Frame) throws {
        let header = frame.header
        if header.flags.contains(.discard), !container.keepsEditLists {
            say(
                "\(container.fileExtension) has no edit lists; frames that are not shown become visible"
            )
        }
        let times = try timeline.place(header)
        try packet.fill(from: frame, times, timeline.timeBase)
        let isShown = !header.flags.contains(.discard)
        let isLeading = isLeading(times)
        do {
            try muxer?.write(&packet)
        } catch  where error.isRefusal && header.flags.contains(.corrupt) {
            say("frame \(header.sequence) is damaged and left out: \(error.text)")
        } catch  where error.isRefusal {
            throw StageError(
                .unsuitable,
                """
                \(container.fileExtension) does not take frame \(header.sequence): \(error.text); \
                \(container.wayOut(for: codec.name))
                """
            )
        } catch {
            throw StageError(
                .inputOutput,
                "writing frame \(header.sequence) to \(path) failed: \(error)"
            )
        }
        guard isShown else { return }
        if isLeading { leadingCount += 1 }
        if !isLeading || !container.choosesTimeBase { shownCount += 1 }
    }

    /// Whether a picture is shown before the first keyframe: it needs others that are not there,
    /// and FFmpeg's edit list hides it. Where the keyframe comes below zero, as one does that is
    /// not shown, the list begins at zero.
    private func isLeading(_ times: PacketTimeline.Times) -> Bool {
        let first = firstPresentation ?? times.presentation
        firstPresentation = first
        return times.presentation < (container.choosesTimeBase ? max(first, 0) : first)
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
        if leadingCount > 0 {
            say(
                container.choosesTimeBase
                    ? "\(leadingCount) frames in front of the first keyframe need others before it, and are not shown"
                    : "\(leadingCount) frames in front of the first keyframe may need others before it to be shown"
            )
        }
        if !held.isEmpty {
            say("\(held.count) frames behind the last that is shown are left out")
        }
        if timeline.repeatedCount > 0 {
            say(
                "\(timeline.repeatedCount) frames have the time of the one in front of them, and come a tick later"
            )
        }
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
