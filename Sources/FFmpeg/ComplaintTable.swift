import CFFmpeg
import Glibc

/// Which lines of a decoder's log mean damage to pictures. Lines are told apart by the beginning of
/// their format string, which stays the same whatever the numbers in it.
///
/// An error of a decoder is damage unless it stands here: what nobody has thought of is said rather
/// than passed over. The file of libavcodec that says it is named beside each, and the versions of
/// FFmpeg where not all from 5.1 to 9.0 do.
enum ComplaintTable {
    /// Errors that cost no pixel of any picture.
    static let harmless: [String] = [
        // h264_refs.c: a picture is to be forgotten that is not there any more.
        "mmco: unref short failure",
        // h264_sei.c, hevc_sei.c: metadata that is cut short, or more than its message.
        "SEI type %d size %d truncated at %d", "Unaligned SEI payload",
        "Picture timing SEI payload too large", "Error processing the picture timing SEI",
        "Error processing a picture timing SEI",
        "non-existing SPS %d referenced in buffering period",
        "recovery_frame_cnt %u is out of range",
        // h264_ps.c, hevc_ps.c: what is said of showing pictures, not of decoding them.
        "illegal aspect ratio", "time_scale/num_units_in_tick invalid or unsupported",
        "Clipping illegal num_reorder_frames", "Overread %s by %d bits",
        "cpb_count %d invalid", "VPS %d does not exist",
        // h264dec.c, hevc_parse.c: parameter sets at the head; a picture that lacks them says so.
        "Error decoding the extradata", "Decoding sps %d from avcC failed",
        "Decoding pps %d from avcC failed", "Decoding nal unit %d %d from hvcC failed",
        // mjpegdec.c, webp.c, exif.c, tiff.c: metadata.
        "unable to decode APP fields",
        "mjpeg: invalid TIFF header in EXIF data", "mjpeg: error decoding EXIF data",
        "invalid TIFF header in E", "error decoding E", "not enough bytes remaining in EXIF buffer",
        "too many entries: %", "could not parse EXIF data", "error attaching EXIF ifd",
        // mpeg4videodec.c: a flag that does not fit the pictures.
        "low_delay flag set incorrectly, clearing it",
        // hevc/ps.c, from 7.1 on: layers that are not decoded; the pictures of the first are.
        "Scalability type %d not supported", "VPS has %d layer", "Unexpected num_add_olss",
        "Unexpected ViewOrderIdx", "Dependent layer not included in layer ID",
        "Unsupported bit depth: ",
        // dovi_rpu.c, dovi_rpudec.c: metadata, without which decoding goes on.
        "RPU validation failed", "RPU CRC mismatch", "Unknown previous RPU ",
        "Missing RPU VDR sequence info", "Dynamic metadata compression is not ",
        "Nonzero DM metadata compression method ", "Profile 5 RPUs should not use NLQ",
        "Profile %d RPUs should not use ", "Uncompressed RPUs should not ",
        // vvc/sei.c, from 8 on: metadata.
        "No active SPS for film_grain_characteristics",
    ]

    /// Errors that say nothing of pictures of one codec: mpegvideo_dec.c takes every picture of
    /// H.261, which has no types of pictures, for one that rests on another.
    static let meaningless: [AVCodecID: [String]] = [
        AV_CODEC_ID_H261: ["warning: first frame is no keyframe"]
    ]

    /// What is said in a lower voice than an error.
    enum Quiet {
        case frameNumberGap
        case damage
        /// A unit of H.265 that did not decode, by its type at the end of the line. Damage, if it
        /// holds a part of a picture; what is wrong with others is told in other words.
        case undecodedUnit
    }

    /// Types of units of H.265 that hold parts of pictures (7.4.2.2, table 7-1).
    private static let slices = 0..<32

    private static let quiet: [(format: String, kind: Quiet)] = [
        // h264_slice.c: pictures are missing between this one and the one before.
        ("Frame num gap", .frameNumberGap),
        // error_resilience.c: what could not be decoded is made up from what is around it.
        ("concealing %d DC", .damage),
        // h2645_parse.c, to 7.1 and from 8 on: a unit whose header cannot be is thrown away.
        ("Invalid NAL unit %d, skipping.", .damage), ("Failed to parse header of NALU", .damage),
        // jpeg2000dec.c, from 7.1 on: lengths that cannot be, and decoding goes on.
        ("Corrupted packet header is found", .damage),
        ("Length information for a codeblock is invalid", .damage),
        ("Length information for a HT-codeblock is invalid", .damage),
        ("Packet header bytes in PPM marker segment is too short", .damage),
        // rscc.c, 9.0: the rest of the picture is filled with zeros.
        ("Deflated %lu bytes, but %d are needed", .damage),
        // hevc/hevcdec.c, from 7.1 on: a unit failed, and decoding goes on.
        ("Skipping invalid undecodable NALU: %d", .undecodedUnit),
    ]

    /// imgutils.c: the only sign that a picture has more pixels than max_pixels.
    private static let pixelRefusal = "exceeds specified max pixel count"

    static func isHarmless(_ format: UnsafePointer<CChar>, of codec: AVCodecID) -> Bool {
        harmless.contains { unsafe begins(format, $0) }
            || meaningless[codec]?.contains { unsafe begins(format, $0) } ?? false
    }

    static func quietKind(_ format: UnsafePointer<CChar>) -> Quiet? {
        quiet.first { unsafe begins(format, $0.format) }?.kind
    }

    /// What a whole line of this kind means; `nil` for what touches no picture.
    static func kind(of quiet: Quiet, _ line: String) -> Complaint.Kind? {
        switch quiet {
        case .frameNumberGap: return .frameNumberGap
        case .damage: return .damage
        case .undecodedUnit:
            let number = line.split(separator: " ").last.flatMap { Int($0) }
            return number.map(slices.contains) ?? true ? .damage : nil
        }
    }

    static func refusesForPixels(_ format: UnsafePointer<CChar>) -> Bool {
        unsafe strstr(format, pixelRefusal) != nil
    }

    private static func begins(_ format: UnsafePointer<CChar>, _ text: String) -> Bool {
        unsafe strncmp(format, text, text.utf8.count) == 0
    }
}
