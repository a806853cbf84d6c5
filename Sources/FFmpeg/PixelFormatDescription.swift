import CFFmpeg

/// What FFmpeg knows about a pixel format.
public struct PixelFormatDescription: Hashable, Sendable {
    /// FFmpeg's name, such as `yuv420p`.
    public let name: String
    /// Whether pictures of it lie in memory that only a device reads.
    public let isHardware: Bool
    /// Whether its numbers are floating point.
    public let isFloat: Bool
    /// Whether its bytes are indices into a palette of 256 colours.
    public let hasPalette: Bool
    /// Components of a pixel, 1 to 4.
    public let componentCount: Int
    /// Bits of its deepest component.
    public let depth: Int
    /// Where the components stand.
    public let components: [Component]
    /// Chroma has a value for every `1 << chromaColumnShift` columns, rounded up.
    public let chromaColumnShift: Int
    /// Chroma has a value for every `1 << chromaRowShift` rows, rounded up.
    public let chromaRowShift: Int

    /// Where a component stands: FFmpeg's `AVComponentDescriptor`.
    public struct Component: Hashable, Sendable {
        /// The plane.
        public let plane: Int
        /// Bytes from one value to the next; bits in formats of bits.
        public let step: Int
        /// Bytes, or bits, before the first value.
        public let offset: Int
        /// How far a value is to be shifted right.
        public let shift: Int
        /// Bits of a value.
        public let depth: Int
    }

    /// The description of the format with this name; `nil` if there is none.
    public init?(name: String) {
        self.init(unsafe av_get_pix_fmt(name))
    }

    init?(_ format: AVPixelFormat) {
        guard let description = unsafe av_pix_fmt_desc_get(format) else { return nil }
        name = unsafe String(cString: description.pointee.name)
        isHardware = unsafe cffmpeg_is_hardware(description) != 0
        isFloat = unsafe cffmpeg_is_float(description) != 0
        hasPalette = unsafe cffmpeg_has_palette(description) != 0
        componentCount = Int(unsafe description.pointee.nb_components)
        depth = Int(unsafe cffmpeg_depth(description))
        components = (0..<Int32(componentCount)).map { index in
            let component = unsafe cffmpeg_component(description, index)
            return Component(
                plane: Int(component.plane),
                step: Int(component.step),
                offset: Int(component.offset),
                shift: Int(component.shift),
                depth: Int(component.depth)
            )
        }
        chromaColumnShift = Int(unsafe description.pointee.log2_chroma_w)
        chromaRowShift = Int(unsafe description.pointee.log2_chroma_h)
    }

    /// The bytes of a picture with tight rows, palette included; `nil` for sizes that no picture
    /// can have and for hardware formats.
    public func byteCount(width: Int, height: Int) -> Int? {
        guard let width = Int32(exactly: width), let height = Int32(exactly: height),
            width > 0, height > 0, !isHardware
        else { return nil }
        let format = unsafe av_get_pix_fmt(name)
        let byteCount = av_image_get_buffer_size(format, width, height, 1)
        return byteCount >= 0 ? Int(byteCount) : nil
    }

    /// The names of all formats, in FFmpeg's order.
    public static let allNames: [String] = {
        var names: [String] = []
        var description = unsafe av_pix_fmt_desc_next(nil)
        while let current = unsafe description {
            unsafe names.append(String(cString: current.pointee.name))
            unsafe description = av_pix_fmt_desc_next(current)
        }
        return names
    }()
}

/// FFmpeg's number of a pixel format and its name.
enum PixelFormats {
    static func name(_ format: AVPixelFormat) -> String? {
        guard let name = unsafe av_get_pix_fmt_name(format) else { return nil }
        return unsafe String(cString: name)
    }

    static func format(_ name: String) throws(FFmpegError) -> AVPixelFormat {
        let format = unsafe av_get_pix_fmt(name)
        guard format != AV_PIX_FMT_NONE else {
            throw FFmpegError(.invalidArgument, in: "av_get_pix_fmt", on: name)
        }
        return format
    }
}
