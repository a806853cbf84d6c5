import CFFmpeg

/// Turns pictures into packets.
@safe
public struct Encoder: ~Copyable {
    let pointer: UnsafeMutablePointer<AVCodecContext>

    /// What an encoder makes of what.
    public struct Configuration: Hashable, Sendable {
        /// FFmpeg's name of the encoder, such as `libx264` or `png`.
        public var encoderName: String
        /// Pixels in a row.
        public var width: Int
        /// Rows.
        public var height: Int
        /// FFmpeg's name of the pixel format; one of ``Encoder/pixelFormats(of:)``.
        public var pixelFormat: String
        /// What the timestamps of the pictures count.
        public var timeBase: Fraction
        /// Pictures in a second; `nil` where there is no such rate.
        public var frameRate: Fraction?
        /// Width to height of a pixel; `nil` where it is not known.
        public var sampleAspectRatio: Fraction?
        /// The order of fields: AVFieldOrder, 0 where it is not known.
        public var fieldOrder: UInt32
        /// Whether the two fields of a picture are coded as such, where the encoder can.
        public var codesFields: Bool
        /// What the numbers of the pictures mean.
        public var color: ColorValues
        /// Threads; 0 for as many as there are processors.
        public var threadCount: Int
        /// Whether parameter sets go to ``Encoder/parameters()`` instead of the packets, as MP4 and
        /// Matroska want it (``Muxer/wantsGlobalHeader``).
        public var usesGlobalHeader: Bool
        /// Further options of the encoder, such as `crf` or `b`.
        public var options: Options

        /// A configuration for pictures of one size and format.
        public init(
            encoderName: String,
            width: Int,
            height: Int,
            pixelFormat: String,
            timeBase: Fraction
        ) {
            self.encoderName = encoderName
            self.width = width
            self.height = height
            self.pixelFormat = pixelFormat
            self.timeBase = timeBase
            frameRate = nil
            sampleAspectRatio = nil
            fieldOrder = 0
            codesFields = false
            color = ColorValues()
            threadCount = 1
            usesGlobalHeader = false
            options = [:]
        }
    }

    /// What an encoder answers when asked for a packet.
    public enum Output: Hashable, Sendable {
        /// Here is one.
        case packet
        /// Not before it gets another picture.
        case needsPicture
        /// There are no more.
        case endOfStream
    }

    /// Makes an encoder.
    ///
    /// Throws `encoderNotFound`, `optionNotFound` with the names of options that the encoder does
    /// not know, and `invalidArgument` for what it cannot encode.
    public init(_ configuration: Configuration) throws(FFmpegError) {
        unsafe pointer = try Self.open(configuration)
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVCodecContext>? = unsafe pointer
        unsafe avcodec_free_context(&pointer)
    }

    /// Gives the encoder a picture. After `full` the caller takes packets out and sends the same
    /// picture again.
    ///
    /// The encoder may keep hold of the picture's memory; filling the picture again takes other
    /// memory then.
    public mutating func send(_ picture: borrowing Picture) throws(FFmpegError) -> Acceptance {
        let result = unsafe avcodec_send_frame(pointer, picture.pointer)
        if result == FFmpegError.Code.again.rawValue { return .full }
        try check(result, "avcodec_send_frame", on: name)
        return .accepted
    }

    /// Tells the encoder that no picture follows, so that it gives out what it holds back.
    ///
    /// Throws `again` unless everything was taken out before (``Output/needsPicture``).
    public mutating func finish() throws(FFmpegError) {
        let result = unsafe avcodec_send_frame(pointer, nil)
        guard result != cffmpeg_error_end_of_file() else { return }
        try check(result, "avcodec_send_frame", on: name)
    }

    /// Asks for the next packet. What was in `packet` is gone, whatever the answer.
    public mutating func receive(into packet: inout Packet) throws(FFmpegError) -> Output {
        let result = unsafe avcodec_receive_packet(pointer, packet.pointer)
        if result == FFmpegError.Code.again.rawValue { return .needsPicture }
        if result == cffmpeg_error_end_of_file() { return .endOfStream }
        try check(result, "avcodec_receive_packet", on: name)
        unsafe packet.pointer.pointee.time_base = pointer.pointee.time_base
        return .packet
    }

    /// FFmpeg's name of the encoder.
    public var name: String { unsafe String(cString: pointer.pointee.codec.pointee.name) }

    /// What a decoder of the packets has to know.
    public func parameters() throws(FFmpegError) -> CodecParameters {
        let raw = try RawCodecParameters()
        try check(
            unsafe avcodec_parameters_from_context(raw.pointer, pointer),
            "avcodec_parameters_from_context",
            on: name
        )
        return unsafe CodecParameters(
            raw.pointer,
            frameRate: Fraction.known(pointer.pointee.framerate),
            timeBase: Fraction(pointer.pointee.time_base)
        )
    }

    /// The names of the pixel formats that an encoder takes, the ones it prefers first; empty where
    /// it does not say.
    public static func pixelFormats(of encoderName: String) throws(FFmpegError) -> [String] {
        let codec = unsafe try codec(encoderName)
        guard var format = unsafe cffmpeg_pixel_formats(codec) else { return [] }
        var names: [String] = []
        while unsafe format.pointee != AV_PIX_FMT_NONE {
            if let name = unsafe PixelFormats.name(format.pointee) { names.append(name) }
            unsafe format += 1
        }
        return names
    }

    /// Which of some pixel formats is nearest to another: the one that loses least of it
    /// (avcodec_find_best_pix_fmt_of_list); `nil` for an empty list.
    public static func nearest(
        to name: String,
        among names: [String]
    ) throws(FFmpegError) -> String? {
        var formats: [AVPixelFormat] = []
        for name in names { formats.append(try PixelFormats.format(name)) }
        formats.append(AV_PIX_FMT_NONE)
        let wanted = try PixelFormats.format(name)
        let hasAlpha: Int32 = 1
        let best = unsafe avcodec_find_best_pix_fmt_of_list(formats, wanted, hasAlpha, nil)
        return PixelFormats.name(best)
    }

    /// Whether there is an encoder of this name.
    public static func exists(_ name: String) -> Bool {
        unsafe avcodec_find_encoder_by_name(name) != nil
    }

    private static func codec(
        _ name: String
    ) throws(FFmpegError) -> UnsafePointer<AVCodec> {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
            throw FFmpegError(.encoderNotFound, in: "avcodec_find_encoder_by_name", on: name)
        }
        return unsafe codec
    }

    private static func open(
        _ configuration: Configuration
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVCodecContext> {
        let name = configuration.encoderName
        let codec = unsafe try codec(name)
        let format = try PixelFormats.format(configuration.pixelFormat)
        var options = try OptionDictionary(configuration.options)
        guard let context = unsafe avcodec_alloc_context3(codec) else {
            throw FFmpegError(.outOfMemory, in: "avcodec_alloc_context3")
        }
        unsafe context.pointee.pix_fmt = format
        unsafe configure(context, configuration)
        do throws(FFmpegError) {
            try check(
                unsafe avcodec_open2(context, codec, &options.pointer),
                "avcodec_open2",
                on: name
            )
            try options.requireEmpty(after: "avcodec_open2")
        } catch {
            var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
            unsafe avcodec_free_context(&context)
            throw error
        }
        return unsafe context
    }

    private static func configure(
        _ context: UnsafeMutablePointer<AVCodecContext>,
        _ configuration: Configuration
    ) {
        unsafe context.pointee.width = Int32(clamping: configuration.width)
        unsafe context.pointee.height = Int32(clamping: configuration.height)
        unsafe context.pointee.time_base = configuration.timeBase.rational
        if let frameRate = configuration.frameRate {
            unsafe context.pointee.framerate = frameRate.rational
        }
        if let ratio = configuration.sampleAspectRatio {
            unsafe context.pointee.sample_aspect_ratio = ratio.rational
        }
        unsafe context.pointee.field_order = AVFieldOrder(rawValue: configuration.fieldOrder)
        if configuration.codesFields {
            unsafe context.pointee.flags |=
                AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME
        }
        unsafe configuration.color.apply(to: context)
        unsafe context.pointee.thread_count = Int32(clamping: configuration.threadCount)
        if configuration.usesGlobalHeader {
            unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
    }
}
