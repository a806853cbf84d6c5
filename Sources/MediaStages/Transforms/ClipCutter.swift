internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams
internal import Pipelines
internal import Stages

/// Decides what becomes of each group of pictures of a clip, and does it.
struct ClipCutter {
    private let start: MediaTime?
    private let end: MediaTime?
    private let pool: BufferPool
    /// Whether the next group that passes needs the stream's own parameter sets in front.
    private var needsParameterSets = false
    private(set) var copiedCount = 0
    private(set) var encodedCount = 0
    /// Whether all that follows lies behind the end.
    private(set) var isDone = false

    init(start: MediaTime?, end: MediaTime?, pool: BufferPool) {
        self.start = start
        self.end = end
        self.pool = pool
    }

    /// What is wanted of a group; `nil` once it lies behind the end.
    mutating func cut(_ group: [Frame]) throws -> [Frame]? {
        let shown = try group.filter { !$0.header.flags.contains(.discard) }.map(Self.time)
        let wanted = shown.filter(isWanted)
        if wanted.isEmpty {
            if let end, let first = shown.first, !shown.contains(where: { $0.isBefore(end) }),
                !first.isBefore(end)
            {
                isDone = true
                return nil
            }
            return []
        }
        if wanted.count == shown.count {
            copiedCount += group.count
            defer { needsParameterSets = false }
            return needsParameterSets ? try withParameterSets(group) : group
        }
        let packets = try encoded(group)
        encodedCount += packets.count
        needsParameterSets = true
        return packets
    }

    private func isWanted(_ time: MediaTime) -> Bool {
        !(start.map { time.isBefore($0) } ?? false) && (end.map { time.isBefore($0) } ?? true)
    }

    private static func time(of frame: Frame) throws -> MediaTime {
        guard let time = frame.header.presentationTime?.time else {
            throw StageError(
                .unsuitable,
                "frame \(frame.header.sequence) has no time; --clip cuts by times"
            )
        }
        return time
    }

    private static func parameterSets(of key: Frame) throws -> ParameterSets? {
        guard let extraData = key.extraDataInForce else {
            throw StageError(
                .badInput,
                "frame \(key.header.sequence) is behind the start of its group of pictures"
            )
        }
        return ParameterSets(
            codecName: key.header.codec.name,
            extraData: extraData
        )
    }

    /// Pictures that are shown before their keyframe need the group before, as it was.
    private static func requireClosed(_ group: [Frame]) throws {
        let keyTime = try time(of: group[0])
        guard try !group.contains(where: { try time(of: $0).isBefore(keyTime) }) else {
            throw StageError(
                .unsuitable,
                """
                the group of pictures of frame \(group[0].header.sequence) needs the one before; encode anew \
                with --codec h264 and --time
                """
            )
        }
    }

    private func withParameterSets(_ group: [Frame]) throws -> [Frame] {
        try Self.requireClosed(group)
        guard let sets = try Self.parameterSets(of: group[0]) else { return group }
        var group = group
        let told = group[0].header.decoderContext?[DecoderContext.headers] ?? []
        let bytes = sets.prefix + told + group[0].payload.array
        group[0].payload = pool.makeBuffer(copying: bytes.rawSpan)
        return group
    }

    /// Decodes a group, and encodes what is wanted of it.
    private func encoded(_ group: [Frame]) throws -> [Frame] {
        let key = group[0]
        try Self.requireClosed(group)
        let sets = try Self.parameterSets(of: key)
        let hasOwnHeaders = ["vp8", "vp9", "mpeg4", "mpeg2video", "mjpeg"]
        guard sets != nil || hasOwnHeaders.contains(key.header.codec.name) else {
            throw StageError(
                .unsuitable,
                """
                a group of pictures of \(key.header.codec.name) cannot be cut; encode anew with --codec h264 \
                and --time
                """
            )
        }
        var session: EncodeSession?
        var packets: [Frame] = []
        let options = try encodeOptions(key)
        for picture in try decoded(group) where try isWanted(Self.time(of: picture)) {
            let current = try session ?? EncodeSession(for: picture, options, pool) { _ in }
            session = current
            do {
                try current.send(picture)
            } catch let error as RunBreak {
                throw error.error()
            }
            while let packet = try current.receive() { packets.append(packet) }
        }
        try session?.finish()
        while let packet = try session?.receive() { packets.append(packet) }
        return packets.map { fitted($0, to: key, sets) }
    }

    /// An encoder of the same codec, with headers in the packets and pictures in the order of
    /// showing.
    private func encodeOptions(_ key: Frame) throws -> Encode.Options {
        guard let inBand = VideoContainer(path: "clip.ts") else {
            preconditionFailure("MPEG-TS is a container")
        }
        var options = Encode.Options(
            codec: try VideoCodec(key.header.codec.name),
            container: inBand
        )
        options.quality = Clip.quality
        options.further = [("bf", "0")]
        return options
    }

    private func decoded(_ group: [Frame]) throws -> [Frame] {
        var numbers = PictureNumbers()
        let session = try DecodeSession(for: group[0], options: Decode.Options(), pool: pool)
        var pictures: [Frame] = []
        func take(_ element: Element) throws {
            guard case .frame(let frame) = element else {
                throw StageError(
                    .badInput,
                    "the group of pictures of frame \(group[0].header.sequence) is damaged and cannot be cut"
                )
            }
            pictures.append(frame)
        }
        for packet in group {
            try session.send(packet)
            while let element = try session.receive(&numbers) { try take(element) }
        }
        session.finish()
        while let element = try session.receive(&numbers) { try take(element) }
        return pictures
    }

    /// A packet of the encoder as one of the stream: in the same form, decoded as long before it is
    /// shown, under the same parameters.
    private func fitted(_ packet: Frame, to key: Frame, _ sets: ParameterSets?) -> Frame {
        var packet = packet
        if let sets {
            let bytes = sets.form(packet.payload.array)
            packet.payload = pool.makeBuffer(copying: bytes.rawSpan)
        }
        packet.header.codecParameters = key.header.codecParameters
        // The packets have parameter sets of their own, in the form that holds for the group.
        packet.header.decoderContext = key.extraDataInForce.map { extraData in
            DecoderContext([.init(kind: "new-extradata", bytes: extraData)])
        }
        if let shown = packet.header.presentationTime?.time,
            let keyShown = key.header.presentationTime?.time,
            let keyDecoded = key.header.decodeTime?.time,
            shown.timeBase == keyShown.timeBase, keyShown.timeBase == keyDecoded.timeBase
        {
            let delay = keyShown.value - keyDecoded.value
            packet.header.decodeTime = StampedTime(
                MediaTime(value: shown.value - delay, timeBase: shown.timeBase),
                provenance: .derived
            )
        }
        return packet
    }
}
