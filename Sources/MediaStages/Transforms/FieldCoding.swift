internal import FFmpeg
internal import FrameFormat

/// How an encoder takes pictures that are two fields.
enum FieldCoding: Hashable {
    /// It codes the fields as such, if it is asked to, and says which comes first.
    case coded
    /// It codes whole pictures, and whoever decodes them does not learn of the fields, unless the
    /// container says it.
    case unsaid

    private static let codingEncoders: Set<String> = [
        "libx264", "libx264rgb", "mpeg2video", "mpeg4", "prores_ks", "prores_aw", "prores",
        "dnxhd", "dvvideo", "h264_nvenc",
    ]

    /// What becomes of pictures like `header`.
    init(_ header: FrameHeader, _ encoderName: String, _ pixelFormat: String) {
        let canCode =
            Self.codingEncoders.contains(encoderName)
            && Self.holdsFields(header, encoderName, pixelFormat)
        self = canCode ? .coded : .unsaid
    }

    /// libx264 wants whole pairs of chroma rows in each field.
    private static func holdsFields(
        _ header: FrameHeader,
        _ encoderName: String,
        _ pixelFormat: String
    ) -> Bool {
        guard encoderName == "libx264" || encoderName == "libx264rgb",
            let description = PixelFormatDescription(name: pixelFormat)
        else { return true }
        return Int(header.height).isMultiple(of: 2 << description.chromaRowShift)
    }
}

/// What a video states once for all its frames, and what is said of frames that differ.
struct StatedOnce {
    private let first: FrameHeader
    private var said: Set<String> = []

    init(_ first: FrameHeader) {
        self.first = first
    }

    /// What to say of a frame that differs from the first; `nil` if it does not, or if it was said.
    mutating func remark(on header: FrameHeader) -> String? {
        let one = Rational(1, 1)
        let (was, found) = (first.sampleAspectRatio ?? one, header.sampleAspectRatio ?? one)
        if !was.isEqual(to: found), said.insert("aspect").inserted {
            return """
                from frame \(header.sequence) on, pixels are \(found.numerator):\(found.denominator); the video states \
                \(was.numerator):\(was.denominator) for all; --frames exports the parts apart
                """
        }
        if first.isInterlaced != header.isInterlaced, said.insert("fields").inserted {
            return """
                frame \(header.sequence) is \(header.isInterlaced ? "interlaced" : "progressive") behind \
                \(first.isInterlaced ? "interlaced" : "progressive") frames; the video states the same of all
                """
        }
        if first.displayMatrix != header.displayMatrix, said.insert("matrix").inserted {
            return """
                from frame \(header.sequence) on, pictures are turned otherwise; the video states one orientation \
                for all; --frames exports the parts apart
                """
        }
        return nil
    }
}

extension FrameHeader {
    /// Whether it is known to be two fields.
    var isInterlaced: Bool { fieldOrder == .topFirst || fieldOrder == .bottomFirst }
}
