import CFFmpeg
import FileNames

/// Puts packets together into a container.
///
/// Streams are added, then ``writeHeader(options:)``, the packets, ``finish()``.
@safe
public struct Muxer: ~Copyable {
    private let pointer: UnsafeMutablePointer<AVFormatContext>
    private let path: String
    private var isOpen = true
    private var hasHeader = false
    /// The last decode timestamp of each stream, in its own time base.
    private var lastDecodeTimestamps: [Int: Int64]

    /// Creates the file, or empties it.
    ///
    /// - Parameters:
    ///   - path: A file of this machine.
    ///   - format: The name of a muxer; `nil` to guess by the end of the path.
    public init(path: String, format: String? = nil) throws(FFmpegError) {
        unsafe pointer = try Self.open(path, format)
        self.path = path
        lastDecodeTimestamps = [:]
    }

    deinit {
        if isOpen { unsafe avio_closep(&pointer.pointee.pb) }
        unsafe avformat_free_context(pointer)
    }

    /// Whether the container keeps parameter sets itself
    /// (``Encoder/Configuration/usesGlobalHeader``).
    public var wantsGlobalHeader: Bool {
        unsafe pointer.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0
    }

    /// Adds a stream of packets with these parameters; gives its index.
    ///
    /// - Parameters:
    ///   - parameters: What a decoder has to know. Their time base is a wish: the muxer may
    ///     choose another, into which ``write(_:)`` converts.
    ///   - displayMatrix: How the pictures are turned before they are shown.
    ///   - sideData: What holds for all pictures, such as the light of the mastering display.
    ///   - metadata: Such as `language` and `title`.
    public mutating func addStream(
        _ parameters: CodecParameters,
        displayMatrix: DisplayMatrix? = nil,
        sideData: [SideData] = [],
        metadata: [String: String] = [:]
    ) throws(FFmpegError) -> Int {
        precondition(!hasHeader, "streams precede the header")
        let raw = try RawCodecParameters(parameters)
        guard let stream = unsafe avformat_new_stream(pointer, nil) else {
            throw FFmpegError(.outOfMemory, in: "avformat_new_stream", on: path)
        }
        try check(
            unsafe avcodec_parameters_copy(stream.pointee.codecpar, raw.pointer),
            "avcodec_parameters_copy",
            on: path
        )
        unsafe keepTag(of: stream.pointee.codecpar)
        if let timeBase = parameters.timeBase {
            unsafe stream.pointee.time_base = timeBase.rational
        }
        if let frameRate = parameters.frameRate {
            unsafe stream.pointee.avg_frame_rate = frameRate.rational
        }
        if let ratio = parameters.sampleAspectRatio {
            unsafe stream.pointee.sample_aspect_ratio = ratio.rational
        }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            try check(
                unsafe av_dict_set(&stream.pointee.metadata, name, value, 0),
                "av_dict_set",
                on: name
            )
        }
        if let displayMatrix {
            let piece = SideData(name: SideData.displayMatrix, bytes: displayMatrix.bytes)
            unsafe try Self.add(piece, to: stream)
        }
        for piece in sideData { unsafe try Self.add(piece, to: stream) }
        return Int(unsafe stream.pointee.index)
    }

    /// Takes the codec's tag away where it means another codec in this container, or where the
    /// container has a tag of its own for the codec, as the `ffmpeg` command does.
    private func keepTag(of parameters: UnsafeMutablePointer<AVCodecParameters>) {
        guard let tags = unsafe pointer.pointee.oformat.pointee.codec_tag else { return }
        let (tag, codec) = unsafe (parameters.pointee.codec_tag, parameters.pointee.codec_id)
        let known = unsafe av_codec_get_id(tags, tag)
        var own: UInt32 = 0
        let isOther = known != AV_CODEC_ID_NONE
        guard known != codec, unsafe isOther || av_codec_get_tag2(tags, codec, &own) != 0
        else { return }
        unsafe parameters.pointee.codec_tag = 0
    }

    /// The tag that the container gives to the codec of a stream. Known once the header is written.
    public func codecTag(of streamIndex: Int) -> UInt32? {
        guard let index = Int32(exactly: streamIndex), index >= 0,
            unsafe index < Int32(pointer.pointee.nb_streams)
        else { return nil }
        return unsafe cffmpeg_stream(pointer, index)?.pointee.codecpar.pointee.codec_tag
    }

    private static func add(
        _ piece: SideData,
        to stream: UnsafeMutablePointer<AVStream>
    ) throws(FFmpegError) {
        guard let type = SideDataNames.packetType(piece.name) else {
            throw FFmpegError(.invalidArgument, in: "av_stream_new_side_data", on: piece.name)
        }
        let memory = unsafe cffmpeg_add_side_data(stream, type, piece.bytes.count)
        guard let memory = unsafe memory else {
            throw FFmpegError(.outOfMemory, in: "av_stream_new_side_data")
        }
        unsafe UnsafeMutableRawPointer(memory).copyMemory(
            from: piece.bytes,
            byteCount: piece.bytes.count
        )
    }

    /// Writes what precedes the packets.
    public mutating func writeHeader(options: Options = [:]) throws(FFmpegError) {
        precondition(!hasHeader, "a container has one header")
        var dictionary = try OptionDictionary(options)
        try check(
            unsafe avformat_write_header(pointer, &dictionary.pointer),
            "avformat_write_header",
            on: path
        )
        hasHeader = true
        try dictionary.requireEmpty(after: "avformat_write_header")
    }

    /// Writes a packet to the stream that it names, in the order of decode timestamps across all
    /// streams, and leaves the packet empty. Timestamps go from the packet's time base to the
    /// stream's; a packet without a time base counts in the stream's. Where two decode timestamps
    /// become one by rounding, and the container wants them apart, the later moves on by a tick.
    public mutating func write(_ packet: inout Packet) throws(FFmpegError) {
        precondition(hasHeader, "the header precedes the packets")
        guard (0..<Int(unsafe pointer.pointee.nb_streams)).contains(packet.streamIndex),
            let stream = unsafe cffmpeg_stream(pointer, Int32(packet.streamIndex))
        else {
            throw FFmpegError(.streamNotFound, in: "av_interleaved_write_frame", on: path)
        }
        if let timeBase = packet.timeBase {
            unsafe av_packet_rescale_ts(
                packet.pointer,
                timeBase.rational,
                stream.pointee.time_base
            )
            keepApart(&packet)
        }
        try check(
            unsafe av_interleaved_write_frame(pointer, packet.pointer),
            "av_interleaved_write_frame",
            on: path
        )
    }

    private mutating func keepApart(_ packet: inout Packet) {
        guard let decoded = packet.decodeTimestamp else { return }
        let isStrict = unsafe pointer.pointee.oformat.pointee.flags & AVFMT_TS_NONSTRICT == 0
        if isStrict, let last = lastDecodeTimestamps[packet.streamIndex], decoded <= last,
            last < Int64.max
        {
            packet.decodeTimestamp = last + 1
            if let shown = packet.presentationTimestamp {
                packet.presentationTimestamp = max(shown, last + 1)
            }
        }
        lastDecodeTimestamps[packet.streamIndex] = packet.decodeTimestamp
    }

    /// Whether the container has a place for packets of a codec (avformat_query_codec); `nil` where
    /// FFmpeg cannot tell, or knows no such muxer or codec.
    public static func holds(codecName: String, format: String) -> Bool? {
        guard let codec = unsafe avcodec_descriptor_get_by_name(codecName),
            let muxer = unsafe av_guess_format(format, nil, nil)
        else { return nil }
        let answer = unsafe avformat_query_codec(
            muxer,
            codec.pointee.id,
            FF_COMPLIANCE_NORMAL
        )
        return answer < 0 ? nil : answer != 0
    }

    /// Writes what follows the packets, and closes the file. Only now is it complete.
    public consuming func finish() throws(FFmpegError) {
        precondition(hasHeader, "the header precedes the trailer")
        try check(unsafe av_write_trailer(pointer), "av_write_trailer", on: path)
        isOpen = false
        try check(unsafe avio_closep(&pointer.pointee.pb), "avio_closep", on: path)
    }

    private static func open(
        _ path: String,
        _ format: String?
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVFormatContext> {
        let url = MediaLocation.file(path).url.systemName
        var context: UnsafeMutablePointer<AVFormatContext>?
        try check(
            unsafe avformat_alloc_output_context2(&context, nil, format, url),
            "avformat_alloc_output_context2",
            on: path
        )
        guard let opened = unsafe context else {
            throw FFmpegError(.muxerNotFound, in: "avformat_alloc_output_context2", on: path)
        }
        let writesFile = unsafe opened.pointee.oformat.pointee.flags & AVFMT_NOFILE == 0
        let result =
            writesFile
            ? unsafe avio_open2(&opened.pointee.pb, url, AVIO_FLAG_WRITE, nil, nil) : 0
        guard result >= 0 else {
            unsafe avformat_free_context(opened)
            throw FFmpegError(FFmpegError.Code(rawValue: result), in: "avio_open2", on: path)
        }
        return unsafe opened
    }
}
