internal import FrameFormat

/// The first line of a YUV4MPEG2 stream, as FFmpeg's `yuv4mpegenc.c` writes it.
struct Y4MHeader: Hashable {
    /// What players assume when nothing is known.
    static let rateDefault = Rational(25, 1)

    let width: UInt32
    let height: UInt32
    let pixelFormat: PixelFormat
    let rate: Rational
    private let interlacing: String
    private let aspectRatio: String
    private let chroma: String
    private let range: String

    /// Describes a stream that begins with these frames.
    ///
    /// - Throws: `unsuitable` for a pixel format that the format has no name for; the message
    ///   names a near one.
    init(first: FrameHeader, second: FrameHeader?) throws(StageError) {
        guard let pixelFormat = first.pixelFormat else {
            throw StageError(
                .unsuitable,
                "frame \(first.sequence) is a packet of \(first.codec.name), which y4m cannot carry"
            )
        }
        guard
            let chroma = Self.chroma(
                of: pixelFormat,
                location: first.color.chromaLocation.codePoint
            )
        else {
            throw StageError(
                .unsuitable,
                """
                y4m cannot carry \(pixelFormat.name); \
                convert with --pixel-format \(Self.nearest(to: pixelFormat))
                """
            )
        }
        width = first.width
        height = first.height
        self.pixelFormat = pixelFormat
        self.chroma = chroma
        interlacing =
            switch first.fieldOrder {
            case .topFirst: "t"
            case .bottomFirst: "b"
            case .progressive, .unknown: "p"
            }
        aspectRatio = first.sampleAspectRatio.map { "\($0.numerator):\($0.denominator)" } ?? "0:0"
        let isFull = first.color.range.codePoint == 2 || pixelFormat.name.hasPrefix("yuvj")
        range =
            isFull
            ? " XCOLORRANGE=FULL" : first.color.range.codePoint == 1 ? " XCOLORRANGE=LIMITED" : ""
        rate = Self.rate(of: first, before: second)
    }

    /// The line, with its end.
    var line: String {
        "YUV4MPEG2 W\(width) H\(height) F\(rate.numerator):\(rate.denominator) "
            + "I\(interlacing) A\(aspectRatio) C\(chroma)\(range)\n"
    }

    /// Refuses a frame that does not fit the line.
    func check(_ header: FrameHeader) throws(StageError) {
        guard header.width == width, header.height == height, header.pixelFormat == pixelFormat
        else {
            throw StageError(
                .unsuitable,
                """
                frame \(header.sequence) is \(header.width)x\(header.height) \
                \(header.pixelFormat?.name ?? header.codec.name) behind frames of \(width)x\(height) \
                \(pixelFormat.name), which y4m cannot carry; \
                convert with --size \(width)x\(height) --pixel-format \(pixelFormat.name)
                """
            )
        }
    }

    private static func rate(of first: FrameHeader, before second: FrameHeader?) -> Rational {
        if let start = first.presentationTime?.time, let next = second?.presentationTime?.time,
            let rate = rate(from: start, to: next)
        {
            return rate
        }
        if let duration = first.duration?.time, duration.value > 0 {
            return rate(from: MediaTime(value: 0, timeBase: duration.timeBase), to: duration)
                ?? rateDefault
        }
        return rateDefault
    }

    /// The frame rate at which the second time follows the first.
    static func rate(from first: MediaTime, to second: MediaTime) -> Rational? {
        guard first.timeBase == second.timeBase, second.value > first.value else { return nil }
        let ticks = UInt64(second.value - first.value) * UInt64(first.timeBase.numerator)
        var (top, bottom) = (UInt64(first.timeBase.denominator), ticks)
        var (left, right) = (top, bottom)
        while right != 0 { (left, right) = (right, left % right) }
        (top, bottom) = (top / left, bottom / left)
        guard let top = UInt32(exactly: top), let bottom = UInt32(exactly: bottom) else {
            return nil
        }
        return Rational(top, bottom)
    }

    /// FFmpeg's name for the chroma layout, with its `XYSCSS` twin where it writes one.
    private static func chroma(of format: PixelFormat, location: UInt8) -> String? {
        switch format.name {
        case "yuv420p", "yuvj420p":
            switch location {
            case 3: "420paldv XYSCSS=420PALDV"
            case 1: "420mpeg2 XYSCSS=420MPEG2"
            default: "420jpeg XYSCSS=420JPEG"
            }
        case "yuv422p", "yuvj422p": "422 XYSCSS=422"
        case "yuv444p", "yuvj444p": "444 XYSCSS=444"
        case "yuv411p": "411 XYSCSS=411"
        case "gray": "mono"
        case "gray9le": "mono9"
        case "gray10le": "mono10"
        case "gray12le": "mono12"
        case "gray16le": "mono16"
        default: deepChroma(of: format.name)
        }
    }

    private static func deepChroma(of name: String) -> String? {
        for sampling in ["420", "422", "444"] {
            for depth in [9, 10, 12, 14, 16] where name == "yuv\(sampling)p\(depth)le" {
                return "\(sampling)p\(depth) XYSCSS=\(sampling)P\(depth)"
            }
        }
        return nil
    }

    /// The format with a name here that loses least.
    private static func nearest(to format: PixelFormat) -> String {
        let layout = format.layout
        let depth = layout?.bitsPerComponent ?? 8
        let isGray = layout.map { $0.componentCount <= 2 && !$0.flags.contains(.palette) } ?? false
        let planes: [PixelLayout.Plane] = layout?.planes ?? []
        let isSubsampledDown = planes.contains { $0.rowShift > 0 }
        let isSubsampledAcross = planes.contains { $0.columnShift > 0 }
        let deepest = [8, 10, 12, 14, 16].first { $0 >= depth } ?? 16
        if isGray { return deepest == 8 ? "gray" : deepest == 14 ? "gray16le" : "gray\(deepest)le" }
        let sampling = isSubsampledDown ? "420" : isSubsampledAcross ? "422" : "444"
        return "yuv\(sampling)p" + (deepest == 8 ? "" : "\(deepest)le")
    }
}
