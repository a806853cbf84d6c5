internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams
internal import Stages

/// What a file states of its video beside the packets, and what is lost of it because the container
/// has no place for it.
struct ContainerStatement {
    /// What the muxer is given.
    let sideData: [FFmpeg.SideData]
    /// Options of the muxer without which it would not write it.
    let options: [(name: String, value: String)]
    /// What is lost, in words.
    let losses: [String]

    private let container: VideoContainer
    private let codecName: String
    private let tag: UInt32

    /// What is stated of `frame` and the packets behind it.
    init(
        _ frame: Frame,
        _ parameters: FFmpeg.CodecParameters,
        in container: VideoContainer
    ) {
        self.container = container
        codecName = parameters.codecName
        tag = parameters.codecTag
        let pieces = frame.sideData.filter { StreamStatement.kinds.contains($0.kind) }
        let kept = pieces.filter { Self.keeps($0, container, parameters) }
        sideData = kept.map { FFmpeg.SideData(name: $0.kind, bytes: $0.bytes.array) }
        let needsUnofficial = ["stereo-3d", "spherical", "dovi-configuration"]
        let isUnofficial =
            container.muxerName == "mp4" && kept.contains { needsUnofficial.contains($0.kind) }
        options = isUnofficial ? [("strict", "unofficial")] : []
        var losses = pieces.filter { piece in !kept.contains { $0.kind == piece.kind } }
            .map { Self.loss(of: $0.kind, container) }
        if let loss = Self.aspectLoss(frame.header, container) { losses.append(loss) }
        if let loss = Self.fieldLoss(frame.header, container) { losses.append(loss) }
        self.losses = losses
    }

    /// Alpha that stands beside the packets has a place in Matroska and WebM alone.
    ///
    /// - Throws: `unsuitable` for such alpha and another container.
    static func checkAlpha(
        _ frame: Frame,
        _ container: VideoContainer
    ) throws(StageError) {
        guard AlphaChannel.secondPicture(of: frame) != nil,
            !["matroska", "webm"].contains(container.muxerName)
        else { return }
        throw StageError(
            .unsuitable,
            """
            \(container.fileExtension) cannot hold the alpha of \(frame.header.codec.name), and the pictures \
            would be opaque; mkv and webm can
            """
        )
    }

    private static func keeps(
        _ piece: FrameFormat.SideData,
        _ container: VideoContainer,
        _ parameters: FFmpeg.CodecParameters
    ) -> Bool {
        let isMatroska = ["matroska", "webm"].contains(container.muxerName)
        let isMP4 = container.muxerName == "mp4"
        switch piece.kind {
        case "mastering-display", "content-light-level":
            return isMatroska || isMP4 || container.muxerName == "mov"
        case "spherical", "dovi-configuration": return isMatroska || isMP4
        case "stereo-3d": return keepsStereo(piece.bytes.array, container)
        case "icc-profile":
            // Code points of colours take its place in the box.
            let isSpecified =
                parameters.color.primaries != 2 && parameters.color.transfer != 2
                && parameters.color.matrix != 2
            return (isMP4 || container.muxerName == "mov") && !isSpecified
        default: return false
        }
    }

    /// The first number is FFmpeg's `AVStereo3DType`, the second tells views that are swapped.
    private static func keepsStereo(_ bytes: [UInt8], _ container: VideoContainer) -> Bool {
        guard bytes.count >= 8 else { return false }
        let isSwapped = bytes[4] & 1 != 0
        // 0 one view, 1 side by side, 2 top and bottom.
        switch container.muxerName {
        case "mp4": return bytes[0] <= 2 && !isSwapped
        case "webm": return bytes[0] <= 2
        case "matroska": return bytes[0] <= 7 && bytes[0] != 5
        default: return false
        }
    }

    private static func loss(of kind: String, _ container: VideoContainer) -> String {
        let names = [
            "mastering-display": "the light of the mastering display",
            "content-light-level": "the light level of the content",
            "stereo-3d": "how two views share a picture (stereo)",
            "spherical": "the projection of spherical video",
            "dovi-configuration": "the configuration of Dolby Vision",
            "icc-profile": "the colour profile (ICC)",
        ]
        return "\(container.fileExtension) does not state \(names[kind] ?? kind); it is lost"
    }

    /// MPEG-TS has no place for the aspect of pixels: what the coded stream says holds.
    private static func aspectLoss(_ header: FrameHeader, _ container: VideoContainer) -> String? {
        guard let ratio = header.sampleAspectRatio else { return nil }
        if container.muxerName == "webm",
            !(UInt64(header.width) * UInt64(ratio.numerator)).isMultiple(
                of: UInt64(ratio.denominator)
            )
        {
            return """
                webm states the width for showing in whole columns, and pixels of \
                \(ratio.numerator):\(ratio.denominator) only nearly
                """
        }
        // Lists of segments state it in each segment, where FFmpeg does not look.
        guard ["mpegts", "hls"].contains(container.muxerName),
            header.sampleAspectRatioProvenance == .container,
            let coded = header.codedSampleAspectRatio
        else { return nil }
        return """
            \(container.fileExtension) does not state that pixels are \(ratio.numerator):\(ratio.denominator); \
            players take the \(coded.numerator):\(coded.denominator) of the coded stream
            """
    }

    /// What is said where the coded stream changes the aspect of pixels, and the container states
    /// one for all.
    static func aspectChange(at header: FrameHeader, in container: VideoContainer) -> String? {
        guard container.muxerName != "mpegts" else { return nil }
        let ratio = header.sampleAspectRatio ?? Rational(1, 1)
        return """
            from frame \(header.sequence) on, the coded stream has pixels of another shape; \
            \(container.fileExtension) states \(ratio.numerator):\(ratio.denominator) for all, and ts keeps both
            """
    }

    /// Codecs whose pictures say themselves whether they have fields.
    static let codecsWithFields: Set<String> = [
        "h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "vc1", "prores", "dnxhd",
        "dvvideo", "utvideo", "huffyuv", "ffvhuff",
    ]

    private static func fieldLoss(_ header: FrameHeader, _ container: VideoContainer) -> String? {
        guard [.topFirst, .bottomFirst].contains(header.fieldOrder),
            !codecsWithFields.contains(header.codec.name),
            !["mp4", "mov", "matroska"].contains(container.muxerName)
        else { return nil }
        return """
            \(container.fileExtension) does not state which field comes first \
            (\(header.fieldOrder == .topFirst ? "the top one" : "the bottom one")); it is lost
            """
    }

    /// Codecs whose decoders learn from the container's tag what the numbers in the packets mean;
    /// of Motion JPEG, the tags that do.
    private static let codecsByTag: Set<String> = [
        "prores", "rawvideo", "utvideo", "hap", "r210", "012v", "aasc", "agm", "bitpacked", "bink",
        "iff_ilbm", "nuv", "cllc",
    ]
    private static let motionJPEGTags: Set<String> = ["AVRn", "AVDJ", "MTSJ", "CJPG"]

    /// Refuses a file whose container has another tag for the codec, where decoders go by it.
    ///
    /// - Throws: `unsuitable`.
    func check(tag written: UInt32?) throws(StageError) {
        guard tag != 0, let written, written != tag else { return }
        let name = Self.text(tag)
        guard
            Self.codecsByTag.contains(codecName)
                || codecName == "mjpeg" && Self.motionJPEGTags.contains(name)
        else { return }
        throw StageError(
            .unsuitable,
            """
            \(container.fileExtension) does not keep the tag \(name) of \(codecName), and other pictures would \
            be decoded; choose another container, or encode anew
            """
        )
    }

    /// A tag as its four characters.
    private static func text(_ tag: UInt32) -> String {
        (0..<4).map { index in
            let byte = UInt8(truncatingIfNeeded: tag >> (8 * index))
            return (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "[\(byte)]"
        }.joined()
    }
}
