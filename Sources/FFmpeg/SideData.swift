import CFFmpeg

/// Bytes that ride beside a packet, a picture or a stream: a palette, a display
/// matrix, HDR metadata.
public struct SideData: Hashable, Sendable {
    /// What it is, in words that do not change with FFmpeg's numbers, such as `display-matrix`;
    /// `type-N` for what has no name here.
    public var name: String

    /// The bytes as FFmpeg keeps them in memory.
    public var bytes: [UInt8]

    /// Side data from a name and bytes.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The name under which display matrices go (nine 32-bit numbers, see av_display_matrix).
    public static let displayMatrix = "display-matrix"
}

/// The names of FFmpeg's types of side data. They are written into records: a name never changes.
enum SideDataNames {
    static func name(_ type: AVPacketSideDataType) -> String {
        packet.first { $0.type == type }?.name ?? "type-\(type.rawValue)"
    }

    static func name(_ type: AVFrameSideDataType) -> String {
        picture.first { $0.type == type }?.name ?? "type-\(type.rawValue)"
    }

    static func packetType(_ name: String) -> AVPacketSideDataType? {
        packet.first { $0.name == name }?.type
    }

    static func pictureType(_ name: String) -> AVFrameSideDataType? {
        picture.first { $0.name == name }?.type
    }

    private static let packet: [(type: AVPacketSideDataType, name: String)] = [
        (AV_PKT_DATA_PALETTE, "palette"),
        (AV_PKT_DATA_NEW_EXTRADATA, "new-extradata"),
        (AV_PKT_DATA_PARAM_CHANGE, "parameter-change"),
        (AV_PKT_DATA_H263_MB_INFO, "h263-macroblocks"),
        (AV_PKT_DATA_REPLAYGAIN, "replay-gain"),
        (AV_PKT_DATA_DISPLAYMATRIX, "display-matrix"),
        (AV_PKT_DATA_STEREO3D, "stereo-3d"),
        (AV_PKT_DATA_AUDIO_SERVICE_TYPE, "audio-service-type"),
        (AV_PKT_DATA_QUALITY_STATS, "quality-stats"),
        (AV_PKT_DATA_FALLBACK_TRACK, "fallback-track"),
        (AV_PKT_DATA_CPB_PROPERTIES, "cpb-properties"),
        (AV_PKT_DATA_SKIP_SAMPLES, "skip-samples"),
        (AV_PKT_DATA_JP_DUALMONO, "jp-dual-mono"),
        (AV_PKT_DATA_STRINGS_METADATA, "strings-metadata"),
        (AV_PKT_DATA_SUBTITLE_POSITION, "subtitle-position"),
        (AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, "matroska-blockadditional"),
        (AV_PKT_DATA_WEBVTT_IDENTIFIER, "webvtt-identifier"),
        (AV_PKT_DATA_WEBVTT_SETTINGS, "webvtt-settings"),
        (AV_PKT_DATA_METADATA_UPDATE, "metadata-update"),
        (AV_PKT_DATA_MPEGTS_STREAM_ID, "mpegts-stream-id"),
        (AV_PKT_DATA_MASTERING_DISPLAY_METADATA, "mastering-display"),
        (AV_PKT_DATA_SPHERICAL, "spherical"),
        (AV_PKT_DATA_CONTENT_LIGHT_LEVEL, "content-light-level"),
        (AV_PKT_DATA_A53_CC, "a53-captions"),
        (AV_PKT_DATA_ENCRYPTION_INIT_INFO, "encryption-init-info"),
        (AV_PKT_DATA_ENCRYPTION_INFO, "encryption-info"),
        (AV_PKT_DATA_AFD, "active-format"),
        (AV_PKT_DATA_PRFT, "producer-reference-time"),
        (AV_PKT_DATA_ICC_PROFILE, "icc-profile"),
        (AV_PKT_DATA_DOVI_CONF, "dovi-configuration"),
        (AV_PKT_DATA_S12M_TIMECODE, "s12m-timecode"),
        (AV_PKT_DATA_DYNAMIC_HDR10_PLUS, "dynamic-hdr10-plus"),
    ]

    private static let picture: [(type: AVFrameSideDataType, name: String)] = [
        (AV_FRAME_DATA_PANSCAN, "pan-scan"),
        (AV_FRAME_DATA_A53_CC, "a53-captions"),
        (AV_FRAME_DATA_STEREO3D, "stereo-3d"),
        (AV_FRAME_DATA_MATRIXENCODING, "matrix-encoding"),
        (AV_FRAME_DATA_DOWNMIX_INFO, "downmix"),
        (AV_FRAME_DATA_REPLAYGAIN, "replay-gain"),
        (AV_FRAME_DATA_DISPLAYMATRIX, "display-matrix"),
        (AV_FRAME_DATA_AFD, "active-format"),
        (AV_FRAME_DATA_MOTION_VECTORS, "motion-vectors"),
        (AV_FRAME_DATA_SKIP_SAMPLES, "skip-samples"),
        (AV_FRAME_DATA_AUDIO_SERVICE_TYPE, "audio-service-type"),
        (AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, "mastering-display"),
        (AV_FRAME_DATA_GOP_TIMECODE, "gop-timecode"),
        (AV_FRAME_DATA_SPHERICAL, "spherical"),
        (AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, "content-light-level"),
        (AV_FRAME_DATA_ICC_PROFILE, "icc-profile"),
        (AV_FRAME_DATA_S12M_TIMECODE, "s12m-timecode"),
        (AV_FRAME_DATA_DYNAMIC_HDR_PLUS, "dynamic-hdr10-plus"),
        (AV_FRAME_DATA_REGIONS_OF_INTEREST, "regions-of-interest"),
        (AV_FRAME_DATA_VIDEO_ENC_PARAMS, "video-encoding-parameters"),
        (AV_FRAME_DATA_SEI_UNREGISTERED, "sei-unregistered"),
        (AV_FRAME_DATA_FILM_GRAIN_PARAMS, "film-grain-params"),
        (AV_FRAME_DATA_DETECTION_BBOXES, "detection-boxes"),
        (AV_FRAME_DATA_DOVI_RPU_BUFFER, "dovi-rpu"),
        (AV_FRAME_DATA_DOVI_METADATA, "dovi-metadata"),
        (AV_FRAME_DATA_DYNAMIC_HDR_VIVID, "dynamic-hdr-vivid"),
    ]
}
