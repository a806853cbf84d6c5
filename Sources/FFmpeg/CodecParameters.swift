import CFFmpeg

/// What a decoder has to know beside the packets: a plain value, which can be written down and
/// decodes the same later without the media.
public struct CodecParameters: Hashable, Sendable {
    /// FFmpeg's name of the codec, such as `h264`.
    public var codecName: String
    /// The container's four-character code of the codec, first character in the lowest byte.
    public var codecTag: UInt32
    /// The codec's setup (parameter sets and the like), without padding.
    public var extradata: [UInt8]
    /// The codec's profile; `nil` where it is not known.
    public var profile: Int32?
    /// The codec's level; `nil` where it is not known.
    public var level: Int32?
    /// Pixels in a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// FFmpeg's name of the pixel format; `nil` where it is not known.
    public var pixelFormat: String?
    /// Bits of a sample as coded, 0 where it is not known.
    public var bitsPerCodedSample: Int32
    /// Bits of a sample as decoded, 0 where it is not known.
    public var bitsPerRawSample: Int32
    /// Bits of a second, 0 where it is not known.
    public var bitRate: Int64
    /// Pictures that the decoder holds back to bring them into order.
    public var videoDelay: Int32
    /// Width to height of a pixel; `nil` where it is not known.
    public var sampleAspectRatio: Fraction?
    /// The order of fields: AVFieldOrder, 0 where it is not known.
    public var fieldOrder: UInt32
    /// What the numbers of the pictures mean.
    public var color: ColorValues
    /// Pictures in a second; `nil` where it is not known.
    public var frameRate: Fraction?
    /// What the timestamps of the packets count; `nil` where it is not known.
    public var timeBase: Fraction?

    /// Parameters that say no more than the codec and the size.
    public init(codecName: String, width: Int = 0, height: Int = 0) {
        self.codecName = codecName
        self.width = width
        self.height = height
        codecTag = 0
        extradata = []
        profile = nil
        level = nil
        pixelFormat = nil
        bitsPerCodedSample = 0
        bitsPerRawSample = 0
        bitRate = 0
        videoDelay = 0
        sampleAspectRatio = nil
        fieldOrder = 0
        color = ColorValues()
        frameRate = nil
        timeBase = nil
    }

    init(
        _ parameters: UnsafePointer<AVCodecParameters>,
        frameRate: Fraction?,
        timeBase: Fraction?
    ) {
        let video = unsafe parameters.pointee
        self.init(
            codecName: unsafe String(cString: avcodec_get_name(video.codec_id)),
            width: Int(unsafe video.width),
            height: Int(unsafe video.height)
        )
        codecTag = unsafe video.codec_tag
        extradata = unsafe Memory.copy(video.extradata, Int(video.extradata_size))
        profile = unsafe Self.known(video.profile, unknown: cffmpeg_profile_unknown)
        level = unsafe Self.known(video.level, unknown: cffmpeg_level_unknown)
        if unsafe video.codec_type == AVMEDIA_TYPE_VIDEO {
            pixelFormat = PixelFormats.name(AVPixelFormat(rawValue: unsafe video.format))
        }
        bitsPerCodedSample = unsafe video.bits_per_coded_sample
        bitsPerRawSample = unsafe video.bits_per_raw_sample
        bitRate = unsafe video.bit_rate
        videoDelay = unsafe video.video_delay
        sampleAspectRatio = unsafe Fraction.known(video.sample_aspect_ratio)
        fieldOrder = unsafe video.field_order.rawValue
        color = unsafe ColorValues(parameters)
        self.frameRate = frameRate
        self.timeBase = timeBase
    }

    private static func known(_ value: Int32, unknown: Int32) -> Int32? {
        value == unknown ? nil : value
    }
}

/// The AVCodecParameters that FFmpeg's functions take.
@safe
struct RawCodecParameters: ~Copyable {
    let pointer: UnsafeMutablePointer<AVCodecParameters>

    init() throws(FFmpegError) {
        guard let pointer = unsafe avcodec_parameters_alloc() else {
            throw FFmpegError(.outOfMemory, in: "avcodec_parameters_alloc")
        }
        unsafe self.pointer = pointer
    }

    init(_ values: CodecParameters) throws(FFmpegError) {
        let parameters = try RawCodecParameters()
        try parameters.fill(values)
        self = parameters
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVCodecParameters>? = unsafe pointer
        unsafe avcodec_parameters_free(&pointer)
    }

    private func fill(_ values: CodecParameters) throws(FFmpegError) {
        guard let codec = unsafe avcodec_descriptor_get_by_name(values.codecName) else {
            throw FFmpegError(
                .decoderNotFound,
                in: "avcodec_descriptor_get_by_name",
                on: values.codecName
            )
        }
        unsafe pointer.pointee.codec_type = codec.pointee.type
        unsafe pointer.pointee.codec_id = codec.pointee.id
        unsafe pointer.pointee.codec_tag = values.codecTag
        try fillExtradata(values.extradata)
        unsafe pointer.pointee.profile = values.profile ?? cffmpeg_profile_unknown
        unsafe pointer.pointee.level = values.level ?? cffmpeg_level_unknown
        guard let width = Int32(exactly: values.width), let height = Int32(exactly: values.height)
        else {
            throw FFmpegError(
                .invalidArgument,
                in: "avcodec_parameters_to_context",
                on: "\(values.width)x\(values.height)"
            )
        }
        unsafe pointer.pointee.width = width
        unsafe pointer.pointee.height = height
        if let pixelFormat = values.pixelFormat {
            unsafe pointer.pointee.format = try PixelFormats.format(pixelFormat).rawValue
        }
        unsafe pointer.pointee.bits_per_coded_sample = values.bitsPerCodedSample
        unsafe pointer.pointee.bits_per_raw_sample = values.bitsPerRawSample
        unsafe pointer.pointee.bit_rate = values.bitRate
        unsafe pointer.pointee.video_delay = values.videoDelay
        if let ratio = values.sampleAspectRatio {
            unsafe pointer.pointee.sample_aspect_ratio = ratio.rational
        }
        unsafe pointer.pointee.field_order = AVFieldOrder(rawValue: values.fieldOrder)
        unsafe values.color.apply(to: pointer)
    }

    private func fillExtradata(_ extradata: [UInt8]) throws(FFmpegError) {
        guard !extradata.isEmpty else { return }
        guard extradata.count <= Packet.maximumByteCount,
            let memory = unsafe av_mallocz(extradata.count + Int(AV_INPUT_BUFFER_PADDING_SIZE))
        else { throw FFmpegError(.outOfMemory, in: "av_mallocz", on: "extradata") }
        unsafe memory.copyMemory(from: extradata, byteCount: extradata.count)
        unsafe pointer.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
        unsafe pointer.pointee.extradata_size = Int32(extradata.count)
    }
}
