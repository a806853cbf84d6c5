import CFFmpeg
import Glibc

/// Which lines of a decoder's log mean damage to pictures. Lines are told apart by the beginning of
/// their format string, which stays the same whatever the numbers in it.
///
/// An error of a decoder is damage unless it stands here: what nobody has thought of is said rather
/// than passed over. FFmpeg 5.1; the file of libavcodec that says it is named beside each. The
/// libraries of 7.1 and 9.0 hold the same lines but for "illegal aspect ratio".
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
        // mjpegdec.c: metadata.
        "unable to decode APP fields", "Invalid Adobe", "mjpeg: JFIF header",
        // mpeg4videodec.c: a flag that does not fit the pictures.
        "low_delay flag set incorrectly, clearing it", "low_delay flag incorrectly, clearing it",
        // pngdec.c, webp.c: metadata.
        "invalid ICC profile", "Overread in ICC",
    ]

    /// Errors that say nothing of pictures of one codec: mpegvideo_dec.c takes every picture of
    /// H.261, which has no types of pictures, for one that rests on another.
    static let meaningless: [AVCodecID: [String]] = [
        AV_CODEC_ID_H261: ["warning: first frame is no keyframe"]
    ]

    /// Damage that is said in a lower voice than an error.
    private static let quiet: [(format: String, kind: Complaint.Kind)] = [
        // h264_slice.c: pictures are missing between this one and the one before.
        ("Frame num gap", .frameNumberGap),
        // error_resilience.c: what could not be decoded is made up from what is around it.
        ("concealing %d DC", .damage),
    ]

    /// imgutils.c: the only sign that a picture has more pixels than max_pixels.
    private static let pixelRefusal = "exceeds specified max pixel count"

    static func isHarmless(_ format: UnsafePointer<CChar>, of codec: AVCodecID) -> Bool {
        harmless.contains { unsafe begins(format, $0) }
            || meaningless[codec]?.contains { unsafe begins(format, $0) } ?? false
    }

    static func quietKind(_ format: UnsafePointer<CChar>) -> Complaint.Kind? {
        quiet.first { unsafe begins(format, $0.format) }?.kind
    }

    static func refusesForPixels(_ format: UnsafePointer<CChar>) -> Bool {
        unsafe strstr(format, pixelRefusal) != nil
    }

    private static func begins(_ format: UnsafePointer<CChar>, _ text: String) -> Bool {
        unsafe strncmp(format, text, text.utf8.count) == 0
    }
}
