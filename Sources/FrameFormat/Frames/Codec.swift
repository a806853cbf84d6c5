/// What the payload of a frame is: a raw picture, or a packet of a codec by FFmpeg's name for it.
public struct Codec: Hashable, Sendable {
    /// `raw`, or the name that `avcodec_get_name` gives: `h264`, `hevc`, `png`.
    public let name: String

    /// Takes a name: 1 to 32 characters out of `a-z`, `0-9`, `_`, `-` and `.`.
    ///
    /// - Returns: `nil` for anything else.
    public init?(name: String) {
        guard Self.isValid(name) else { return nil }
        self.name = name
    }

    private init(known name: String) {
        self.name = name
    }

    /// A picture as rows of samples.
    public static let raw = Codec(known: "raw")

    static func isValid(_ name: String) -> Bool {
        (1...FormatLimits.nameByteCountMaximum).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// What a decoder has to know before the first packet; a copy of FFmpeg's `AVCodecParameters`.
public struct CodecParameters: Hashable, Sendable {
    /// `AVCodecParameters.codec_tag`: the container's own name for the codec.
    public var codecTag: UInt32
    /// `AVCodecParameters.profile`; -99 is unknown.
    public var profile: Int32
    /// `AVCodecParameters.level`; -99 is unknown.
    public var level: Int32
    /// `AVCodecParameters.bits_per_coded_sample`; 0 is unknown.
    public var bitsPerCodedSample: Int32
    /// `AVCodecParameters.bits_per_raw_sample`; 0 is unknown.
    public var bitsPerRawSample: Int32
    /// `AVCodecParameters.video_delay`: pictures that the decoder may hold back to reorder them.
    public var videoDelay: Int32
    /// FFmpeg's name of the pixel format, when the container says it; raw and palette video need
    /// it.
    public var pixelFormat: PixelFormat?
    /// `AVCodecParameters.extradata`: what the bitstream does not repeat.
    public var extraData: [UInt8]

    /// Makes parameters with nothing but extra data known.
    public init(
        codecTag: UInt32 = 0,
        profile: Int32 = -99,
        level: Int32 = -99,
        bitsPerCodedSample: Int32 = 0,
        bitsPerRawSample: Int32 = 0,
        videoDelay: Int32 = 0,
        pixelFormat: PixelFormat? = nil,
        extraData: [UInt8] = []
    ) {
        self.codecTag = codecTag
        self.profile = profile
        self.level = level
        self.bitsPerCodedSample = bitsPerCodedSample
        self.bitsPerRawSample = bitsPerRawSample
        self.videoDelay = videoDelay
        self.pixelFormat = pixelFormat
        self.extraData = extraData
    }
}

/// The codec parameters of a coded frame: in full on keyframes, by identity elsewhere.
public struct CodecParametersReference: Hashable, Sendable {
    /// Names the parameters within the stream: FNV-1a (64 bits) over their encoded bytes.
    public var identity: UInt64
    /// The parameters, where they are inline.
    public var parameters: CodecParameters?

    /// Refers to parameters that an earlier keyframe carries.
    public init(identity: UInt64, parameters: CodecParameters? = nil) {
        self.identity = identity
        self.parameters = parameters
    }
}
