import CFFmpeg
import FileNames

/// Takes a container apart into packets.
@safe
public struct Demuxer: ~Copyable {
    let pointer: UnsafeMutablePointer<AVFormatContext>
    private let location: MediaLocation

    // The context points to both without counting; it is destroyed first.
    private let input: DescriptorInput?
    private let interrupt: Interrupt
    let log: DemuxerLog

    /// How much FFmpeg reads to find out what the container holds.
    public struct Probing: Hashable, Sendable {
        /// The most bytes; `nil` for FFmpeg's own limit (5 MB).
        public var byteCount: Int64?
        /// The longest stretch of media, in microseconds; `nil` for FFmpeg's own limit (5 s, and
        /// more for some containers).
        public var microseconds: Int64?

        /// Limits for probing.
        public init(byteCount: Int64? = nil, microseconds: Int64? = nil) {
            self.byteCount = byteCount
            self.microseconds = microseconds
        }
    }

    /// What came of a read.
    public enum ReadResult: Hashable, Sendable {
        /// A packet.
        case packet
        /// There are no more packets.
        case endOfFile
    }

    /// Opens `location` and reads as much as it takes to know its streams.
    ///
    /// - Parameters:
    ///   - location: A file, a URL or a descriptor.
    ///   - format: The name of a demuxer; `nil` to find out.
    ///   - options: Options of the protocol and of the demuxer. Throws `optionNotFound` with the
    ///     names of those that neither knows.
    ///   - probing: How much is read at most to know the streams.
    ///   - interrupt: What ends this call and the reads that follow.
    public init(
        _ location: MediaLocation,
        format: String? = nil,
        options: Options = [:],
        probing: Probing = Probing(),
        interrupt: Interrupt = Interrupt()
    ) throws(FFmpegError) {
        Log.install()
        let log = DemuxerLog()
        let input = try DescriptorInput.make(for: location, interrupt: interrupt)
        let bytes = unsafe DescriptorInput.context(of: input)
        let pointer = unsafe try Self.open(
            location,
            format: format,
            options: options,
            log: log,
            interrupt: interrupt,
            prepare: { context in
                unsafe context.pointee.interrupt_callback = interrupt.callback
                if let byteCount = probing.byteCount {
                    unsafe context.pointee.probesize = byteCount
                }
                if let microseconds = probing.microseconds {
                    unsafe context.pointee.max_analyze_duration = microseconds
                }
                unsafe context.pointee.pb = bytes
            }
        )
        self.interrupt = interrupt
        self.log = log
        self.input = input
        self.location = location
        unsafe self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFormatContext>? = unsafe pointer
        unsafe avformat_close_input(&pointer)
    }

    private static func open(
        _ location: MediaLocation,
        format: String?,
        options: Options,
        log: DemuxerLog,
        interrupt: Interrupt,
        prepare: (UnsafeMutablePointer<AVFormatContext>) -> Void
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVFormatContext> {
        let name = location.description
        let inputFormat = unsafe try format.map(Self.inputFormat)
        var dictionary = try OptionDictionary(options)
        guard let allocated = unsafe avformat_alloc_context() else {
            throw FFmpegError(.outOfMemory, in: "avformat_alloc_context")
        }
        unsafe prepare(allocated)
        var context: UnsafeMutablePointer<AVFormatContext>? = unsafe allocated
        // Frees the context where it fails.
        let result = log.hearing {
            unsafe avformat_open_input(
                &context,
                location.url.systemName,
                inputFormat,
                &dictionary.pointer
            )
        }
        try check(result, "avformat_open_input", on: name)
        guard let opened = unsafe context else {
            throw FFmpegError(.bug, in: "avformat_open_input", on: name)
        }
        do throws(FFmpegError) {
            try dictionary.requireEmpty(after: "avformat_open_input")
            // Probing estimates a length, behind which a live playlist looks like any other.
            if unsafe isLivePlaylist(opened) { interrupt.expectWaits() }
            interrupt.watchWait()
            defer { interrupt.endWatch() }
            let result = log.hearing { unsafe avformat_find_stream_info(opened, nil) }
            try check(result, "avformat_find_stream_info", on: name)
        } catch {
            unsafe avformat_close_input(&context)
            throw error
        }
        return unsafe opened
    }

    private static func inputFormat(
        _ name: String
    ) throws(FFmpegError) -> UnsafePointer<AVInputFormat> {
        guard let format = unsafe av_find_input_format(name) else {
            throw FFmpegError(.demuxerNotFound, in: "av_find_input_format", on: name)
        }
        return unsafe format
    }
}

extension Demuxer {
    func rawStream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard (0..<Int(unsafe pointer.pointee.nb_streams)).contains(index) else { return nil }
        return unsafe cffmpeg_stream(pointer, Int32(index))
    }

    /// The streams that are known by now; some containers add more while they are read.
    public var streams: [MediaStream] {
        (0..<Int32(unsafe pointer.pointee.nb_streams)).map { index in
            unsafe MediaStream(cffmpeg_stream(pointer, index))
        }
    }

    /// Whether a stream is one tile of a larger image, as HEIF keeps them.
    public func isTile(_ index: Int) -> Bool {
        unsafe cffmpeg_is_tile(pointer, Int32(clamping: index)) != 0
    }

    /// The index of the stream that FFmpeg would choose, never an attached picture where there is
    /// another; `nil` if there is none of the kind (av_find_best_stream).
    public var bestVideoStream: Int? {
        let index = unsafe av_find_best_stream(pointer, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        return index >= 0 ? Int(index) : nil
    }

    /// FFmpeg's names of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    public var formatName: String {
        unsafe String(cString: pointer.pointee.iformat.pointee.name)
    }

    /// The length in microseconds; `nil` where it is not known.
    public var duration: Int64? {
        unsafe Timestamp.optional(pointer.pointee.duration).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The first presentation time in microseconds; `nil` where it is not known.
    public var startTime: Int64? { unsafe Timestamp.optional(pointer.pointee.start_time) }

    /// Whether bytes can be read in any order.
    public var isSeekable: Bool {
        guard let input = unsafe pointer.pointee.pb else { return false }
        return unsafe input.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0
    }

    /// Metadata of the container.
    public var metadata: [String: String] {
        unsafe Dictionary(
            OptionDictionary.pairs(of: pointer.pointee.metadata).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// What kept bytes from being read, if something did since the media was opened. Demuxers take
    /// such a failure for the end of the file.
    public var sourceError: FFmpegError? {
        guard let input = unsafe pointer.pointee.pb, unsafe input.pointee.error < 0,
            unsafe input.pointee.error != cffmpeg_error_end_of_file()
        else { return nil }
        return FFmpegError(
            FFmpegError.Code(rawValue: unsafe input.pointee.error),
            in: "avio_read",
            on: location.description
        )
    }

    /// Reads the next packet of the streams that are not discarded.
    ///
    /// Where the end was reached because bytes could not be read, this throws what kept them from
    /// being read (``sourceError``). After `invalidData` the caller may read on: the demuxer goes
    /// on with the next packet that it finds, until the end. A packet of which the file holds only
    /// a part comes flagged ``Packet/Flags/corrupt``.
    public mutating func read(into packet: inout Packet) throws(FFmpegError) -> ReadResult {
        while true {
            packet.reset()
            let result = unsafe nextPacket(packet.pointer)
            if result == cffmpeg_error_end_of_file() {
                if let sourceError { throw sourceError }
                return .endOfFile
            }
            try check(result, "av_read_frame", on: location.description)
            let index = unsafe packet.pointer.pointee.stream_index
            guard let stream = unsafe cffmpeg_stream(pointer, index) else { continue }
            // Probing may have read packets of a stream before it was discarded.
            guard unsafe stream.pointee.discard != AVDISCARD_ALL else { continue }
            unsafe packet.pointer.pointee.time_base = stream.pointee.time_base
            return .packet
        }
    }

    private func nextPacket(_ packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        interrupt.watchWait()
        defer { interrupt.endWatch() }
        return log.hearing { unsafe av_read_frame(pointer, packet) }
    }

    /// Lets the demuxer skip every stream but these.
    public mutating func keep(only indices: Set<Int>) {
        for index in 0..<Int32(unsafe pointer.pointee.nb_streams) {
            guard let stream = unsafe cffmpeg_stream(pointer, index) else { continue }
            unsafe stream.pointee.discard =
                indices.contains(Int(index)) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Goes on at another place: at the keyframe at or before `timestamp` if `backward`, else at or
    /// after it.
    ///
    /// - Parameters:
    ///   - timestamp: In the stream's time base, or in microseconds if `stream` is `nil`.
    ///   - stream: The stream whose keyframes count; `nil` for the one that FFmpeg chooses.
    ///   - backward: Whether the keyframe is the one before, and not the one behind.
    public mutating func seek(
        to timestamp: Int64,
        stream: Int? = nil,
        backward: Bool = true
    ) throws(FFmpegError) {
        let flags = backward ? AVSEEK_FLAG_BACKWARD : 0
        try check(
            unsafe av_seek_frame(pointer, Int32(stream ?? -1), timestamp, flags),
            "av_seek_frame",
            on: location.description
        )
    }
}
