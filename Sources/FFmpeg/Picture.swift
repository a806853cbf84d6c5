import CFFmpeg

/// A decoded image in FFmpeg's memory.
@safe
public struct Picture: ~Copyable, @unchecked Sendable {  // One owner, no thread affinity.
    let pointer: UnsafeMutablePointer<AVFrame>

    /// A picture with nothing in it.
    public init() throws(FFmpegError) {
        guard let pointer = unsafe av_frame_alloc() else {
            throw FFmpegError(.outOfMemory, in: "av_frame_alloc")
        }
        unsafe self.pointer = pointer  // Nothing throws once the pointer is kept.
    }

    /// A picture with memory of its own, whose content is not defined before it is filled.
    public init(width: Int, height: Int, pixelFormat: String) throws(FFmpegError) {
        let picture = try Picture()
        let format = try PixelFormats.format(pixelFormat)
        guard let description = PixelFormatDescription(format),
            description.byteCount(width: width, height: height) != nil
        else {
            throw FFmpegError(
                .invalidArgument,
                in: "av_frame_get_buffer",
                on: "\(width)x\(height) \(pixelFormat)"
            )
        }
        unsafe picture.pointer.pointee.width = Int32(width)
        unsafe picture.pointer.pointee.height = Int32(height)
        unsafe picture.pointer.pointee.format = format.rawValue
        try check(unsafe av_frame_get_buffer(picture.pointer, 0), "av_frame_get_buffer")
        self = picture
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = unsafe pointer
        unsafe av_frame_free(&pointer)
    }

    /// Gives up everything in the picture, so that it can be filled again.
    public mutating func reset() {
        unsafe av_frame_unref(pointer)
    }

    var format: AVPixelFormat { unsafe AVPixelFormat(rawValue: pointer.pointee.format) }
}

extension Picture {
    /// Pixels in a row. The decoder has applied its cropping already.
    public var width: Int { Int(unsafe pointer.pointee.width) }

    /// Rows.
    public var height: Int { Int(unsafe pointer.pointee.height) }

    /// FFmpeg's name of the pixel format; `nil` while the picture is empty.
    public var pixelFormat: String? { PixelFormats.name(format) }

    /// When it is shown, in the time base of the stream, as the packet said.
    public var presentationTimestamp: Int64? {
        get { unsafe Timestamp.optional(pointer.pointee.pts) }
        set { unsafe pointer.pointee.pts = Timestamp.raw(newValue) }
    }

    /// When it is shown, as FFmpeg makes it out from presentation and decode timestamps.
    public var bestEffortTimestamp: Int64? {
        unsafe Timestamp.optional(pointer.pointee.best_effort_timestamp)
    }

    /// The decode timestamp of the packet that made the decoder give out the picture.
    public var decodeTimestamp: Int64? {
        unsafe Timestamp.optional(pointer.pointee.pkt_dts)
    }

    /// How long it is shown, in the time base of the stream; `nil` where it is not known.
    public var duration: Int64? {
        get {
            let duration = unsafe cffmpeg_duration(pointer)
            return duration > 0 ? duration : nil
        }
        set { unsafe cffmpeg_set_duration(pointer, newValue ?? 0) }
    }

    /// The number (`Packet`) of the packet that it begins in; `nil` if that has none.
    public var packetNumber: UInt64? { UInt64(exactly: unsafe cffmpeg_packet_number(pointer)) }

    /// Whether decoding can start with it.
    public var isKey: Bool {
        get { unsafe cffmpeg_is_key(pointer) != 0 }
        set { unsafe cffmpeg_set_key(pointer, newValue ? 1 : 0) }
    }

    /// Whether the decoder gives it out although it lacks what it rests on, as behind a start in
    /// the middle (AV_FRAME_FLAG_CORRUPT). Damage is another thing, which the decoder complains of:
    /// with several threads `decode_error_flags` changes from run to run.
    public var isIncomplete: Bool {
        unsafe pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    }

    /// How a picture was predicted.
    public enum Kind: UInt32, Hashable, Sendable {
        /// From nothing.
        case intra = 1
        /// From pictures before it.
        case predicted
        /// From pictures before and after it.
        case bidirectional
        /// With a sprite (MPEG-4).
        case sprite
        /// From nothing, to switch between streams.
        case switchingIntra
        /// From others, to switch between streams.
        case switchingPredicted
        /// A BI picture (VC-1).
        case bidirectionalIntra
    }

    /// How it was predicted; `nil` where the decoder does not say. An encoder takes
    /// ``Kind/intra`` as the wish for a key picture.
    public var kind: Kind? {
        get { Kind(rawValue: unsafe pointer.pointee.pict_type.rawValue) }
        set { unsafe pointer.pointee.pict_type = AVPictureType(rawValue: newValue?.rawValue ?? 0) }
    }

    /// Whether its rows belong to two fields.
    public var isInterlaced: Bool {
        get { unsafe cffmpeg_is_interlaced(pointer) != 0 }
        set { unsafe cffmpeg_set_interlaced(pointer, newValue ? 1 : 0) }
    }

    /// Whether the field with the first row comes first.
    public var isTopFieldFirst: Bool {
        get { unsafe cffmpeg_is_top_field_first(pointer) != 0 }
        set { unsafe cffmpeg_set_top_field_first(pointer, newValue ? 1 : 0) }
    }

    /// How many half durations it is shown longer (pulldown).
    public var repeatedFields: Int { Int(unsafe pointer.pointee.repeat_pict) }

    /// Puts side data beside the pixels.
    ///
    /// Throws if the name is not one of FFmpeg's.
    public mutating func add(_ sideData: SideData) throws(FFmpegError) {
        guard let type = SideDataNames.pictureType(sideData.name) else {
            throw FFmpegError(.invalidArgument, in: "av_frame_new_side_data", on: sideData.name)
        }
        guard
            let entry = unsafe av_frame_new_side_data(pointer, type, sideData.bytes.count)
        else {
            throw FFmpegError(.outOfMemory, in: "av_frame_new_side_data", on: sideData.name)
        }
        unsafe UnsafeMutableRawPointer(entry.pointee.data)
            .copyMemory(from: sideData.bytes, byteCount: sideData.bytes.count)
    }

    /// Width to height of a pixel; `nil` where it is not known.
    public var sampleAspectRatio: Fraction? {
        get { unsafe Fraction.known(pointer.pointee.sample_aspect_ratio) }
        set {
            unsafe pointer.pointee.sample_aspect_ratio = (newValue ?? Fraction(0, 1)).rational
        }
    }

    /// What its numbers mean.
    public var color: ColorValues {
        get { unsafe ColorValues(pointer) }
        set { unsafe newValue.apply(to: pointer) }
    }

    /// Everything that rides beside the pixels, in FFmpeg's order.
    public var sideData: [SideData] {
        (0..<Int(unsafe pointer.pointee.nb_side_data)).compactMap { index in
            guard let entry = unsafe pointer.pointee.side_data[index] else { return nil }
            return SideData(
                name: SideDataNames.name(unsafe entry.pointee.type),
                bytes: unsafe Memory.copy(entry.pointee.data, entry.pointee.size)
            )
        }
    }

    /// How the picture is turned before it is shown, if the coded stream says so itself. What the
    /// container says is in ``MediaStream/displayMatrix``.
    public var displayMatrix: DisplayMatrix? {
        guard let entry = unsafe av_frame_get_side_data(pointer, AV_FRAME_DATA_DISPLAYMATRIX)
        else { return nil }
        return DisplayMatrix(bytes: unsafe Memory.copy(entry.pointee.data, entry.pointee.size))
    }
}
