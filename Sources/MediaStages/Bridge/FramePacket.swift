internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Stages

/// Makes coded frames of demuxed packets.
struct PacketFramer {
    /// An unknown profile or level, in FFmpeg and in the frame format.
    private static let unknown: Int32 = -99

    private let pool: BufferPool
    private let reference: CodecParametersReference
    private let timeBase: Rational?
    private let template: FrameHeader
    /// What the container says beside the packets.
    private let statement: [FrameFormat.SideData]

    /// Prepares for the packets of `stream`.
    ///
    /// - Throws: `badInput` for a stream whose codec FFmpeg has no name for.
    init(stream: MediaStream, pool: BufferPool) throws(StageError) {
        var parameters = stream.parameters
        parameters.pixelFormat = stream.shownPixelFormat
        try self.init(
            parameters,
            timeBase: stream.timeBase.rational,
            sampleAspectRatio: stream.sampleAspectRatio?.rational,
            displayMatrix: stream.displayMatrix.map {
                FrameFormat.DisplayMatrix(elements: $0.values)
            },
            statement: StreamStatement.sideData(of: stream, pool: pool),
            pool: pool
        )
    }

    /// Prepares for packets with these parameters, of which the container states an aspect of
    /// pixels, a display matrix and what is in `statement`.
    init(
        _ media: FFmpeg.CodecParameters,
        timeBase: Rational?,
        sampleAspectRatio: Rational?,
        displayMatrix: FrameFormat.DisplayMatrix?,
        statement: [FrameFormat.SideData] = [],
        pool: BufferPool
    ) throws(StageError) {
        guard media.codecName != "none", let codec = Codec(name: media.codecName) else {
            throw StageError(.badInput, "the codec of the stream is unknown to the FFmpeg in use")
        }
        guard media.extradata.count <= FormatLimits.extraDataByteCountMaximum else {
            throw StageError(
                .badInput,
                """
                the parameters of the codec \(codec.name) have \(media.extradata.count) bytes; at most \
                \(FormatLimits.extraDataByteCountMaximum) can be stored
                """
            )
        }
        self.pool = pool
        self.statement = statement
        let parameters = FrameFormat.CodecParameters(
            codecTag: media.codecTag,
            profile: media.profile ?? Self.unknown,
            level: media.level ?? Self.unknown,
            bitsPerCodedSample: media.bitsPerCodedSample,
            bitsPerRawSample: media.bitsPerRawSample,
            videoDelay: media.videoDelay,
            pixelFormat: media.pixelFormat.flatMap(PixelFormat.init(name:)),
            extraData: media.extradata
        )
        reference = CodecParametersReference(
            identity: parameters.identity,
            parameters: parameters
        )
        self.timeBase = timeBase
        var template = FrameHeader(
            codec: codec,
            width: UInt32(clamping: media.width),
            height: UInt32(clamping: media.height)
        )
        template.color = media.color.description(statedByContainer: media.color)
        Self.setAspect(sampleAspectRatio, media.sampleAspectRatio?.rational, of: &template)
        template.displayMatrix = displayMatrix
        template.fieldOrder = FieldOrder(mediaOrder: media.fieldOrder)
        self.template = template
    }

    /// What the container says of the aspect of pixels holds; what the coded stream says else.
    private static func setAspect(
        _ container: Rational?,
        _ coded: Rational?,
        of header: inout FrameHeader
    ) {
        header.sampleAspectRatio = container ?? coded
        guard header.sampleAspectRatio != nil else { return }
        header.sampleAspectRatioProvenance = container == nil ? .bitstream : .container
        let shown = coded ?? Rational(1, 1)
        if let container, !container.isEqual(to: shown) { header.codedSampleAspectRatio = shown }
    }

    /// The frame for `packet`, which is number `ordinal` of its source.
    ///
    /// - Parameter isJoinable: Whether the codec parameters stand in the frame: on keyframes, and
    ///   on the first packet that is stored.
    func frame(
        from packet: borrowing Packet,
        position: SourcePosition,
        isJoinable: Bool
    ) -> Frame {
        var header = template
        header.position = position
        let flags = packet.flags
        if flags.contains(.key) { header.flags.insert(.keyframe) }
        // Whether its picture is damaged is the decoder's to say: joined streams are flagged too.
        if flags.contains(.corrupt) { header.flags.insert(.discontinuity) }
        if flags.contains(.discard) { header.flags.insert(.discard) }
        if flags.contains(.disposable) { header.flags.insert(.disposable) }
        header.presentationTime = StampedTime(
            packet.presentationTimestamp,
            in: timeBase,
            provenance: .container
        )
        header.decodeTime = StampedTime(
            packet.decodeTimestamp,
            in: timeBase,
            provenance: .container
        )
        header.duration = StampedTime(packet.duration, in: timeBase, provenance: .container)
        let hasParameters = isJoinable || flags.contains(.key)
        header.codecParameters =
            hasParameters ? reference : CodecParametersReference(identity: reference.identity)
        let own = packet.sideData.map { piece in
            FrameFormat.SideData(
                origin: .packet,
                kind: piece.name,
                bytes: pool.makeBuffer(copying: piece.bytes.rawSpan)
            )
        }
        let stated = hasParameters ? statement : []
        let payload = pool.makeBuffer(copying: packet.bytes)
        if header.displayMatrix == nil {
            header.displayMatrix = ImageOrientation.matrix(of: payload, codec: header.codec.name)
        }
        return Frame(
            header: header,
            payload: payload,
            sideData: own
                + stated.filter { piece in !own.contains { $0.kind == piece.kind } }
        )
    }
}

extension Packet {
    /// Takes the bytes, the times and the flags of a coded frame.
    mutating func fill(from frame: Frame) throws {
        try replaceBytes(with: frame.payload.bytes)
        let header = frame.header
        presentationTimestamp = header.presentationTime?.time.value
        decodeTimestamp = header.decodeTime?.time.value
        duration = header.duration?.time.value
        timeBase = header.timeBase?.fraction
        var flags: Flags = []
        if header.flags.contains(.keyframe) { flags.insert(.key) }
        if header.flags.contains(.discard) { flags.insert(.discard) }
        if header.flags.contains(.disposable) { flags.insert(.disposable) }
        self.flags = flags
        for piece in frame.sideData
        where piece.origin == .packet && !StreamStatement.kinds.contains(piece.kind) {
            try add(FFmpeg.SideData(name: piece.kind, bytes: piece.bytes.array))
        }
    }
}

extension FrameHeader {
    /// The time base of whichever time the frame has.
    var timeBase: Rational? {
        (presentationTime ?? decodeTime ?? duration)?.time.timeBase
    }

    /// Frames in a second, where the duration tells.
    var frameRate: Rational? {
        guard let time = duration?.time, time.value > 0,
            let ticks = UInt32(exactly: time.value),
            case let (bottom, overflow) =
                time.timeBase.numerator.multipliedReportingOverflow(by: ticks), !overflow
        else { return nil }
        return Rational(time.timeBase.denominator, bottom).reduced
    }
}

extension Rational {
    /// The same number in lowest terms.
    fileprivate var reduced: Rational {
        var (one, other) = (numerator, denominator)
        while other > 0 { (one, other) = (other, one % other) }
        return one > 1 ? Rational(numerator / one, denominator / one) : self
    }
}
