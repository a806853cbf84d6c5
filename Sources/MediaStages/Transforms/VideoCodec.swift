internal import FFmpeg
public import Stages

/// How pictures are coded: an encoder, and one meaning of quality for all of them.
///
/// Quality goes from 1 to 100: at 75 the result is what people usually want of the encoder, at 90
/// it is hard to tell from the original. Each encoder's own scale, q being the quality:
///
/// | encoder | scale |
/// |---|---|
/// | libx264 | `crf` 23 + (75 - q) · 0.4 |
/// | libx265 | `crf` 28 + (75 - q) · 0.4 |
/// | libvpx-vp9, libaom-av1 | `crf` 31 + (75 - q) · 0.5 |
/// | libsvtav1 | `crf` 35 + (75 - q) · 0.5 |
/// | mpeg4, mjpeg and others of FFmpeg's own | quantiser 5 + (75 - q) · 0.2, from 2 to 31 |
///
/// FFV1, PNG and raw video lose nothing, and take none.
public struct VideoCodec: Hashable, Sendable {
    /// Quality where nobody chooses.
    public static let qualityDefault = 75

    /// FFmpeg's name of the encoder.
    public let encoderName: String

    /// Finds the encoder for a codec (`h264`, `hevc`, `av1`) or by its own name (`libx264`).
    ///
    /// - Throws: `unsuitable` for a name that FFmpeg has no encoder for.
    public init(_ name: String) throws(StageError) {
        let preferred: [String: [String]] = [
            "h264": ["libx264"], "hevc": ["libx265"], "h265": ["libx265"],
            "av1": ["libsvtav1", "libaom-av1"], "vp9": ["libvpx-vp9"], "vp8": ["libvpx"],
            "prores": ["prores_ks"],
        ]
        let names = (preferred[name] ?? []) + [name]
        guard let found = names.first(where: { Encoder.exists($0) }) else {
            throw StageError(
                .unsuitable,
                """
                the FFmpeg in use has no encoder for \(name); h264, hevc, vp9, ffv1 and copy are usual, \
                and `ffmpeg -encoders` lists what there is
                """
            )
        }
        encoderName = found
    }

    /// What a person calls the codec of an encoder.
    static func shortName(ofEncoder name: String) -> String {
        ["libx264": "h264", "libx265": "hevc", "libvpx-vp9": "vp9"][name] ?? name
    }

    /// What it can count times in.
    var clock: EncoderClock { EncoderClock(encoderName: encoderName) }

    /// Whether nothing is lost, so that there is no quality to choose.
    public var isLossless: Bool {
        ["ffv1", "png", "rawvideo", "huffyuv", "ffvhuff", "utvideo"].contains(encoderName)
    }

    /// The options of the encoder for a quality.
    func options(quality: Int) -> [(String, String)] {
        let below = Double(75 - quality)
        func rate(_ usual: Double, _ step: Double, _ range: ClosedRange<Double>) -> String {
            "\(Int(min(max(usual + below * step, range.lowerBound), range.upperBound).rounded()))"
        }
        switch encoderName {
        case _ where isLossless: return []
        case "libx264": return [("crf", rate(23, 0.4, 0...51))]
        case "libx265": return [("crf", rate(28, 0.4, 0...51)), ("x265-params", "log-level=error")]
        case "libvpx-vp9", "libvpx", "libaom-av1":
            return [("crf", rate(31, 0.5, 0...63)), ("b", "0")]
        case "libsvtav1": return [("crf", rate(35, 0.5, 1...63))]
        default:
            let quantiser = rate(5, 0.2, 2...31)
            return [("qmin", quantiser), ("qmax", quantiser)]
        }
    }

    /// Pixel formats that an encoder lacks, and one that it has and that holds the same numbers in
    /// another order.
    ///
    /// So nothing is lost by the way: nv12 and nv21 become yuv420p, p010 yuv420p10, the other
    /// semi-planar formats their planar kin, packed 4:2:2 yuv422p, yuvj their kin of full range;
    /// rgb24, bgr24 and gbrp become bgr0, and rgba, argb, abgr, gbrap and pal8 bgra.
    static func equivalents(of format: String) -> [String] {
        let deep = format.hasSuffix("be") || format.hasSuffix("le")
        let base = deep ? String(format.dropLast(2)) : format
        let table: [String: [String]] = [
            "nv12": ["yuv420p"], "nv21": ["yuv420p"], "nv16": ["yuv422p"], "nv24": ["yuv444p"],
            "nv42": ["yuv444p"], "p010": ["yuv420p10le"], "p210": ["yuv422p10le"],
            "p410": ["yuv444p10le"], "p016": ["yuv420p16le"], "p216": ["yuv422p16le"],
            "p416": ["yuv444p16le"], "yuyv422": ["yuv422p"], "uyvy422": ["yuv422p"],
            "yvyu422": ["yuv422p"], "yuvj420p": ["yuv420p"], "yuvj422p": ["yuv422p"],
            "yuvj444p": ["yuv444p"], "yuvj440p": ["yuv440p"], "rgb24": ["bgr0", "gbrp"],
            "bgr24": ["bgr0", "gbrp"], "gbrp": ["bgr0"], "0rgb": ["bgr0"], "rgb0": ["bgr0"],
            "0bgr": ["bgr0"], "rgba": ["bgra"], "argb": ["bgra"], "abgr": ["bgra"],
            "gbrap": ["bgra"], "pal8": ["bgra"],
        ]
        if let names = table[base] { return names }
        return format.hasSuffix("be") ? [base + "le"] : []
    }
}
