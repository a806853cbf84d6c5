import CFFmpeg
import Synchronization

/// Turns packets into pictures.
@safe
public struct Decoder: ~Copyable {
    private let pointer: UnsafeMutablePointer<AVCodecContext>

    // The context points to it without counting; it is destroyed first.
    private let complaints: Complaints

    /// How a decoder works.
    public struct Configuration: Hashable, Sendable {
        /// Threads; 0 for as many as there are processors. More than one hold pictures back.
        public var threadCount: Int
        /// The most pixels of a picture; `nil` for FFmpeg's own limit.
        public var maximumPixelCount: Int?
        /// Further options of the decoder.
        public var options: Options

        /// A configuration; the default is what the `ffmpeg` command does.
        public init(
            threadCount: Int = 0,
            maximumPixelCount: Int? = nil,
            options: Options = [:]
        ) {
            self.threadCount = threadCount
            self.maximumPixelCount = maximumPixelCount
            self.options = options
        }
    }

    /// What a decoder answers when asked for a picture.
    public enum Output: Hashable, Sendable {
        /// Here is one.
        case picture
        /// Not before it gets another packet.
        case needsPacket
        /// There are no more.
        case endOfStream
    }

    /// Makes a decoder for packets with these parameters.
    ///
    /// It gives out what the `ffmpeg` command gives out: also pictures that are damaged (said by
    /// ``takeComplaint()`` and ``Picture/isIncomplete``), with the stream's cropping applied.
    /// Throws `decoderNotFound`, `optionNotFound` with the names of options that the decoder does
    /// not know, and `tooManyPixels` if the parameters ask for a larger picture than allowed.
    public init(
        _ parameters: CodecParameters,
        _ configuration: Configuration = Configuration()
    ) throws(FFmpegError) {
        let raw = try RawCodecParameters(parameters)
        let complaints = Complaints(of: unsafe raw.pointer.pointee.codec_id)
        let pointer = unsafe try Self.open(parameters, raw, configuration, complaints)
        self.complaints = complaints
        unsafe self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVCodecContext>? = unsafe pointer
        unsafe avcodec_free_context(&pointer)
    }

    /// Gives the decoder a packet. One without bytes is passed over, as by the `ffmpeg` command.
    ///
    /// A decoder that throws has used the packet up; the caller may go on with the next. After
    /// `full` the caller takes pictures out and sends the same packet again. To throw
    /// `tooManyPixels` is the answer to a picture that is larger than allowed.
    public mutating func send(_ packet: borrowing Packet) throws(FFmpegError) -> Acceptance {
        // To FFmpeg a packet without bytes is the end of the stream.
        guard unsafe packet.pointer.pointee.size > 0 else { return .accepted }
        let result = unsafe avcodec_send_packet(pointer, packet.pointer)
        return try acceptance(of: result)
    }

    /// Tells the decoder that no packet follows, so that it gives out what it holds back.
    ///
    /// Throws `again` unless everything was taken out before (``Output/needsPacket``).
    public mutating func finish() throws(FFmpegError) {
        let result = unsafe avcodec_send_packet(pointer, nil)
        guard result != cffmpeg_error_end_of_file() else { return }
        if result < 0 { try throwRefusal(in: "avcodec_send_packet") }
        try check(result, "avcodec_send_packet", on: name)
    }

    /// Asks for the next picture. What was in `picture` is gone, whatever the answer.
    ///
    /// After it threw, the caller may go on with the next packet.
    public mutating func receive(into picture: inout Picture) throws(FFmpegError) -> Output {
        let result = unsafe avcodec_receive_frame(pointer, picture.pointer)
        if result >= 0 { return .picture }
        try throwRefusal(in: "avcodec_receive_frame")
        if result == FFmpegError.Code.again.rawValue { return .needsPacket }
        if result == cffmpeg_error_end_of_file() { return .endOfStream }
        try check(result, "avcodec_receive_frame", on: name)
        return .needsPacket
    }

    /// Forgets everything sent so far, for packets from another place of the stream. Also lets
    /// a decoder go on after ``finish()``.
    public mutating func flush() {
        unsafe avcodec_flush_buffers(pointer)
        complaints.forget()
    }

    /// What the decoder has complained of since it was asked last: damage that it met in a packet
    /// or had to make up for. `nil` if nothing.
    ///
    /// A decoder with one thread complains of a packet before it is asked for another; one with
    /// several has complained of all that touches a picture before it gives that picture out.
    public mutating func takeComplaint() -> Complaint? { complaints.take() }

    /// FFmpeg's name of the decoder.
    public var name: String { unsafe String(cString: pointer.pointee.codec.pointee.name) }

    /// The threads that it runs on.
    public var threadCount: Int { Int(unsafe pointer.pointee.thread_count) }

    /// The most pictures that it holds back to bring them into order, threads not counted.
    public var reorderDelay: Int { Int(unsafe pointer.pointee.has_b_frames) }

    private func acceptance(of result: Int32) throws(FFmpegError) -> Acceptance {
        if result == FFmpegError.Code.again.rawValue { return .full }
        if result < 0 { try throwRefusal(in: "avcodec_send_packet") }
        try check(result, "avcodec_send_packet", on: name)
        return .accepted
    }

    private func throwRefusal(in function: String) throws(FFmpegError) {
        guard complaints.takeRefusal() else { return }
        throw FFmpegError(.tooManyPixels, in: function, on: name)
    }
}

/// Whether a codec took what it was sent.
public enum Acceptance: Hashable, Sendable {
    /// It did.
    case accepted
    /// It did not: its output has to be taken out first.
    case full
}

extension Decoder {
    private static func open(
        _ parameters: CodecParameters,
        _ raw: borrowing RawCodecParameters,
        _ configuration: Configuration,
        _ complaints: Complaints
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVCodecContext> {
        var options = try OptionDictionary(configuration.options)
        let id = unsafe raw.pointer.pointee.codec_id
        guard let codec = unsafe DecoderChoice.decoder(for: parameters, id) else {
            throw FFmpegError(
                .decoderNotFound,
                in: "avcodec_find_decoder",
                on: parameters.codecName
            )
        }
        guard let context = unsafe avcodec_alloc_context3(codec) else {
            throw FFmpegError(.outOfMemory, in: "avcodec_alloc_context3")
        }
        do throws(FFmpegError) {
            try check(
                unsafe avcodec_parameters_to_context(context, raw.pointer),
                "avcodec_parameters_to_context",
                on: parameters.codecName
            )
            unsafe configure(context, parameters, configuration, complaints)
            let result = unsafe avcodec_open2(context, codec, &options.pointer)
            if complaints.takeRefusal() {
                throw FFmpegError(.tooManyPixels, in: "avcodec_open2", on: parameters.codecName)
            }
            try check(result, "avcodec_open2", on: parameters.codecName)
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
        _ parameters: CodecParameters,
        _ configuration: Configuration,
        _ complaints: Complaints
    ) {
        if let timeBase = parameters.timeBase {
            unsafe context.pointee.pkt_timebase = timeBase.rational
        }
        if let frameRate = parameters.frameRate {
            unsafe context.pointee.framerate = frameRate.rational
        }
        unsafe context.pointee.thread_count = Int32(clamping: configuration.threadCount)
        unsafe context.pointee.flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT
        unsafe cffmpeg_keep_packet_numbers(context)
        Log.install()
        if let maximum = configuration.maximumPixelCount {
            unsafe context.pointee.max_pixels = Int64(maximum)
        }
        unsafe context.pointee.opaque = Unmanaged.passUnretained(complaints).toOpaque()
    }
}
