internal import Buffers
internal import FFmpeg
internal import FrameFormat

/// Side data that a container states once for all packets of a stream.
///
/// It rides on the packets that have the codec parameters inline, so that a stream keeps it whose
/// head was cut off. Decoders and muxers never see it there: a decoder would give it to the
/// pictures of those packets alone.
enum StreamStatement {
    /// The kinds, under FFmpeg's names of packets' side data as the frame format has them.
    static let kinds: Set<String> = [
        "mastering-display", "content-light-level", "stereo-3d", "spherical",
        "dovi-configuration", "icc-profile",
    ]
    /// Those that are pictures' own as well, with the same bytes.
    static let pictureKinds = kinds.subtracting(["dovi-configuration"])

    /// What the container says beside the packets of `stream`.
    static func sideData(of stream: MediaStream, pool: BufferPool) -> [FrameFormat.SideData] {
        stream.sideData.filter { kinds.contains($0.name) && !$0.bytes.isEmpty }.map { piece in
            FrameFormat.SideData(
                origin: .packet,
                kind: piece.name,
                bytes: pool.makeBuffer(copying: piece.bytes.rawSpan)
            )
        }
    }

    /// What of a packet's side data holds for pictures of the stream.
    static func inherited(from packet: Frame) -> [FrameFormat.SideData] {
        packet.sideData.filter { $0.origin == .packet && pictureKinds.contains($0.kind) }
            .map { FrameFormat.SideData(origin: .picture, kind: $0.kind, bytes: $0.bytes) }
    }
}

extension PictureFramer.Inheritance {
    /// Codecs whose pictures do not say whether they have fields: what the container says holds.
    private static let fieldlessCodecs: Set<String> = [
        "vp8", "vp9", "av1", "mjpeg", "png", "qtrle", "jpeg2000", "cinepak", "hap", "cfhd", "v408",
        "v410", "r210", "r10k", "ayuv", "yuv4", "flic",
    ]

    /// What the pictures inherit that are decoded from `packet` and those behind it.
    init(_ packet: Frame) {
        let header = packet.header
        timeBase = header.timeBase
        color = header.color.values
        displayMatrix = header.displayMatrix
        sampleAspectRatio = header.sampleAspectRatio
        isAspectOfContainer = header.sampleAspectRatioProvenance == .container
        if Self.fieldlessCodecs.contains(header.codec.name) { fieldOrder = header.fieldOrder }
        sideData = StreamStatement.inherited(from: packet)
    }

    /// The aspect of a picture's pixels, and who said it: the container where it did, else the
    /// picture (av_guess_sample_aspect_ratio).
    func aspect(of picture: Rational?) -> (ratio: Rational?, provenance: Provenance) {
        if isAspectOfContainer, let sampleAspectRatio { return (sampleAspectRatio, .container) }
        guard let ratio = picture ?? sampleAspectRatio else { return (nil, .unspecified) }
        return (ratio, .bitstream)
    }
}
