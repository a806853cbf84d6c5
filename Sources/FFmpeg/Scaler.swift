import CFFmpeg

/// Changes the size and the pixel format of pictures (libswscale).
@safe
public struct Scaler: ~Copyable {
    private let pointer: OpaquePointer
    private let source: Side
    private let target: Side

    /// What goes in, or what comes out.
    public struct Side: Hashable, Sendable {
        /// Pixels in a row.
        public var width: Int
        /// Rows.
        public var height: Int
        /// FFmpeg's name of the pixel format.
        public var pixelFormat: String
        /// What the numbers mean. Range and matrix count here: 0 for a range is what libswscale
        /// takes for the format (full for RGB, gray and yuvj, else limited), and 2 for a matrix is
        /// BT.601, as in the `ffmpeg` command.
        public var color: ColorValues

        /// A side of a scaler.
        public init(
            width: Int,
            height: Int,
            pixelFormat: String,
            color: ColorValues = ColorValues()
        ) {
            self.width = width
            self.height = height
            self.pixelFormat = pixelFormat
            self.color = color
        }
    }

    /// How pixels are made from their neighbours.
    public enum Algorithm: Hashable, Sendable {
        /// The nearest pixel: no new values.
        case nearest
        /// The average of the nearest.
        case bilinear
        /// Smooth and sharp enough for most.
        case bicubic
        /// The average of the area: for much smaller pictures.
        case area
        /// The sharpest.
        case lanczos
    }

    /// Makes a scaler.
    ///
    /// It always rounds exactly, and interpolates chroma to full resolution on the way to RGB
    /// (`accurate_rnd+full_chroma_int+full_chroma_inp+bitexact`), so that results do not depend on
    /// the processor. Throws for sizes and formats that libswscale cannot convert.
    public init(
        from source: Side,
        to target: Side,
        algorithm: Algorithm = .bicubic
    ) throws(FFmpegError) {
        let pointer = unsafe try Self.open(source, target, algorithm)
        self.source = source
        self.target = target
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe cffmpeg_free_scaler(pointer)
    }

    /// Converts `picture` into `result`, whose memory is used again where it fits and nothing else
    /// holds it. Times, flags and side data are those of `picture`; range and matrix are those of
    /// the target.
    ///
    /// Throws for a picture whose size or format is not what the scaler was made for.
    public mutating func scale(
        from picture: borrowing Picture,
        into result: inout Picture
    ) throws(FFmpegError) {
        guard picture.width == source.width, picture.height == source.height,
            picture.pixelFormat == source.pixelFormat
        else {
            let found = "\(picture.width)x\(picture.height) \(picture.pixelFormat ?? "nothing")"
            throw FFmpegError(.invalidArgument, in: "sws_scale_frame", on: found)
        }
        try prepare(&result)
        try check(
            unsafe av_frame_copy_props(result.pointer, picture.pointer),
            "av_frame_copy_props"
        )
        try check(
            unsafe cffmpeg_scale(pointer, result.pointer, picture.pointer),
            "sws_scale_frame"
        )
        var color = picture.color
        color.range = target.color.range
        color.matrix = target.color.matrix
        result.color = color
    }

    /// Gives `picture` memory of the target's size that nothing else holds.
    private func prepare(_ picture: inout Picture) throws(FFmpegError) {
        let fits =
            picture.width == target.width && picture.height == target.height
            && picture.pixelFormat == target.pixelFormat
        if unsafe fits && av_frame_is_writable(picture.pointer) == 1 {
            // av_frame_copy_props adds to what is there.
            unsafe Self.removeSideData(of: picture.pointer)
            return
        }
        picture = try Picture(
            width: target.width,
            height: target.height,
            pixelFormat: target.pixelFormat
        )
    }

    private static func removeSideData(of frame: UnsafeMutablePointer<AVFrame>) {
        while unsafe frame.pointee.nb_side_data > 0, let entry = unsafe frame.pointee.side_data[0] {
            unsafe av_frame_remove_side_data(frame, entry.pointee.type)
        }
    }

    private static func open(
        _ source: Side,
        _ target: Side,
        _ algorithm: Algorithm
    ) throws(FFmpegError) -> OpaquePointer {
        let what =
            "\(source.width)x\(source.height) \(source.pixelFormat) to "
            + "\(target.width)x\(target.height) \(target.pixelFormat)"
        let sourceFormat = try PixelFormats.format(source.pixelFormat)
        let targetFormat = try PixelFormats.format(target.pixelFormat)
        guard
            let context = unsafe cffmpeg_make_scaler(
                Int32(clamping: source.width),
                Int32(clamping: source.height),
                sourceFormat,
                Int32(clamping: target.width),
                Int32(clamping: target.height),
                targetFormat,
                algorithm.kind
            )
        else { throw FFmpegError(.invalidArgument, in: "sws_getContext", on: what) }
        unsafe cffmpeg_set_colors(
            context,
            Int32(clamping: source.color.matrix),
            source.color.isFullRange,
            Int32(clamping: target.color.matrix),
            target.color.isFullRange
        )
        return unsafe context
    }
}

extension ColorValues {
    /// 1 for full range, 0 for limited; -1 where it is not known.
    fileprivate var isFullRange: Int32 {
        switch AVColorRange(rawValue: range) {
        case AVCOL_RANGE_JPEG: 1
        case AVCOL_RANGE_MPEG: 0
        default: -1
        }
    }
}

extension Scaler.Algorithm {
    fileprivate var kind: CFFmpegScaling {
        switch self {
        case .nearest: cffmpeg_scaling_nearest
        case .bilinear: cffmpeg_scaling_bilinear
        case .bicubic: cffmpeg_scaling_bicubic
        case .area: cffmpeg_scaling_area
        case .lanczos: cffmpeg_scaling_lanczos
        }
    }
}
