internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Stages

/// An encoder at work on frames that are alike. A class, because it owns C objects and is kept in
/// an optional.
final class EncodeSession {
    /// What a packet inherits from the frame that it codes.
    private struct Origin {
        let position: SourcePosition
        let duration: Int64?
        let isCorrupt: Bool
    }

    private let pixelFormat: String
    private let scaler: PictureScaler?
    private let framer: PacketFramer
    private let sideData: [FrameFormat.SideData]
    private var encoder: Encoder
    private var packet: Packet
    private var run: EncodableRun
    private var timeline: FrameTimeline { run.timeline }
    private var origins: [Int64: Origin] = [:]
    /// The source that packets are of: their times are on one line, whatever sources the pictures
    /// are of, and those of two mix where pictures are reordered.
    private var sourceID: UInt64?
    private var isFirst = true
    private let remark: (String) -> Void
    private var statedOnce: StatedOnce

    init(
        for frame: Frame,
        _ options: Encode.Options,
        _ pool: BufferPool,
        _ remark: @escaping (String) -> Void
    ) throws {
        let header = frame.header
        guard header.codec == .raw, let format = header.pixelFormat?.name else {
            throw StageError(.unsuitable, "frame \(header.sequence) is a packet, not a picture")
        }
        statedOnce = StatedOnce(header)
        self.remark = remark
        let run = EncodableRun(header, clock: options.codec.clock)
        self.run = run
        let timeline = run.timeline
        pixelFormat = try Self.pixelFormat(for: format, options.codec)
        scaler =
            pixelFormat == format
            ? nil
            : PictureScaler(width: nil, height: nil, pixelFormat: PixelFormat(name: pixelFormat))
        try Self.checkSize(header, pixelFormat, options.codec)
        if let text = timeline.remark { remark(text) }
        var configuration = Encoder.Configuration(
            encoderName: options.codec.encoderName,
            width: Int(header.width),
            height: Int(header.height),
            pixelFormat: pixelFormat,
            timeBase: run.timeBase.fraction
        )
        configuration.frameRate = timeline.frameRate?.fraction
        configuration.sampleAspectRatio = header.sampleAspectRatio?.fraction
        configuration.color = header.color.values
        configuration.threadCount = 0
        configuration.usesGlobalHeader = options.container.wantsGlobalHeader
        configuration.options = Options(Self.options(options, pixelFormat: pixelFormat))
        encoder = try Self.makeEncoder(configuration, header, remark)
        packet = try Packet()
        framer = try PacketFramer(
            try encoder.parameters(),
            timeBase: run.timeBase,
            sampleAspectRatio: header.sampleAspectRatio,
            displayMatrix: header.displayMatrix,
            pool: pool
        )
        // What the container keeps for the whole video, under the packets' names.
        sideData = frame.sideData.filter { StreamStatement.kinds.contains($0.kind) }
    }

    /// Opens the encoder, for fields where the pictures have them and it can.
    private static func makeEncoder(
        _ configuration: Encoder.Configuration,
        _ header: FrameHeader,
        _ remark: (String) -> Void
    ) throws -> Encoder {
        let name = configuration.encoderName
        var configuration = configuration
        configuration.fieldOrder = header.fieldOrder.mediaOrder
        if header.isInterlaced {
            configuration.codesFields =
                FieldCoding(header, name, configuration.pixelFormat) == .coded
            // Some sizes and profiles have no fields; then whole pictures are coded.
            if configuration.codesFields, let encoder = try? Encoder(configuration) {
                return encoder
            }
            configuration.codesFields = false
        }
        do {
            let encoder = try Encoder(configuration)
            let codecName = try encoder.parameters().codecName
            if header.isInterlaced, ContainerStatement.codecsWithFields.contains(codecName) {
                remark(
                    """
                    \(name) codes no fields of these pictures, which have two, the \
                    \(header.fieldOrder == .topFirst ? "top" : "bottom") one first; players take them for \
                    progressive
                    """
                )
            }
            return encoder
        } catch {
            throw StageError(
                .unsuitable,
                """
                \(name) does not take \(header.width)x\(header.height) \(configuration.pixelFormat)\
                \(Self.rateText(configuration)): \(error)
                """
            )
        }
    }

    private static func rateText(_ configuration: Encoder.Configuration) -> String {
        guard EncoderClock(encoderName: configuration.encoderName) == .pictures else { return "" }
        guard let rate = configuration.frameRate else { return " without a steady rate" }
        return " at a rate of \(rate.numerator)/\(rate.denominator) a second"
    }

    private static func options(
        _ options: Encode.Options,
        pixelFormat: String
    ) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let bitRate = options.bitRate {
            pairs.append(("b", "\(bitRate)"))
        } else {
            pairs += options.codec.options(quality: options.quality)
        }
        if let preset = options.preset { pairs.append(("preset", preset)) }
        if !options.container.takesReorderedPictures { pairs.append(("bf", "0")) }
        // libvpx codes alpha as pictures beside the others, one for one: it refuses hidden ones.
        if options.codec.encoderName.hasPrefix("libvpx"), pixelFormat.hasPrefix("yuva") {
            pairs.append(("auto-alt-ref", "0"))
        }
        return pairs + options.further.map { ($0.name, $0.value) }
    }

    /// The frames' own pixel format, or one that holds the same numbers.
    private static func pixelFormat(
        for format: String,
        _ codec: VideoCodec
    ) throws -> String {
        let taken = try Encoder.pixelFormats(of: codec.encoderName)
        if taken.isEmpty || taken.contains(format) { return format }
        if let same = VideoCodec.equivalents(of: format).first(where: taken.contains) {
            return same
        }
        let nearest = try Encoder.nearest(to: format, among: taken) ?? taken[0]
        throw StageError(
            .unsuitable,
            "\(codec.encoderName) does not take \(format); convert with --pixel-format \(nearest)"
        )
    }

    /// Encoders of subsampled chroma want whole pairs, and say so in words of their own.
    private static func checkSize(
        _ header: FrameHeader,
        _ pixelFormat: String,
        _ codec: VideoCodec
    ) throws {
        guard ["libx264", "libx265"].contains(codec.encoderName),
            let description = PixelFormatDescription(name: pixelFormat)
        else { return }
        let isEven =
            Int(header.width).isMultiple(of: 1 << description.chromaColumnShift)
            && Int(header.height).isMultiple(of: 1 << description.chromaRowShift)
        guard !isEven else { return }
        throw StageError(
            .unsuitable,
            """
            \(codec.encoderName) wants even sides, and the pictures have \(header.width)x\(header.height); \
            --pad repeats the last column or row, --size scales
            """
        )
    }

    /// The frames that were encoded, first and last.
    var sequences: ClosedRange<UInt64> { run.sequences }

    /// What a person should know when all is encoded.
    var closingRemark: String? {
        let count = timeline.repeatedCount
        guard count > 0 else { return nil }
        return "\(count) frames have the time of the one in front of them, and come a tick later"
    }

    /// Gives the encoder a frame; all packets were taken out before.
    ///
    /// - Throws: ``RunBreak`` for a frame that does not fit behind those before it.
    func send(_ frame: Frame) throws {
        let header = frame.header
        if let text = statedOnce.remark(on: header) { remark(text) }
        let (time, duration) = try run.place(header)
        sourceID = sourceID ?? header.position.sourceID
        var picture = try Picture.make(of: frame)
        if let scaler { picture = try scaler.scaled(picture) }
        picture.isInterlaced = header.isInterlaced
        picture.isTopFieldFirst = header.fieldOrder == .topFirst
        picture.presentationTimestamp = time
        origins[time] = Origin(
            position: header.position,
            duration: duration,
            isCorrupt: header.flags.contains(.corrupt)
        )
        guard try encoder.send(picture) == .accepted else {
            preconditionFailure("an encoder whose packets were taken out takes a picture")
        }
    }

    /// No frame follows.
    func finish() throws {
        try encoder.finish()
    }

    /// The next packet; `nil` before the encoder gets another picture, and at the end.
    func receive() throws -> Frame? {
        guard try encoder.receive(into: &packet) == .packet else { return nil }
        let origin = packet.presentationTimestamp.flatMap { origins.removeValue(forKey: $0) }
        packet.duration = origin?.duration
        var position = origin?.position ?? SourcePosition()
        position.sourceID = sourceID ?? position.sourceID
        var frame = framer.frame(
            from: packet,
            position: position,
            isJoinable: isFirst
        )
        // A picture that was damaged stays marked, whatever it is coded as.
        if origin?.isCorrupt == true { frame.header.flags.insert(.corrupt) }
        if isFirst { frame.sideData += sideData }
        isFirst = false
        return frame
    }
}
