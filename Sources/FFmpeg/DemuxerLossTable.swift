import CFFmpeg
import Glibc

/// What FFmpeg says of losses while it demuxes and says nowhere else: the call goes on as if
/// nothing had happened, or ends as if the media had.
///
/// Lines are told apart by the beginning of their format string, which stays the same whatever the
/// numbers in it and whatever level is shown. Each stands under the file of libavformat that says
/// it; tests look for them in the library in use.
enum DemuxerLossTable {
    /// One line.
    struct Entry {
        let file: String
        let format: String
        let kind: MediaLoss.Kind
        /// The first version of libavformat that says it.
        let version: UInt32

        init(_ file: String, _ format: String, _ kind: MediaLoss.Kind, since version: UInt32 = 59) {
            self.file = file
            self.format = format
            self.kind = kind
            self.version = version
        }
    }

    static let entries: [Entry] = [
        Entry("hls.c", "Failed to open segment ", .unreadable),
        Entry("hls.c", "skipping %ld segments ahead", .unreadable),
        Entry("hls.c", "Failed to open an initialization section", .unreadable),
        Entry("hls.c", "Unable to read key file ", .unreadable),
        Entry("hls.c", "Unable to open key file ", .unreadable),
        Entry("hls.c", "Failed to reload playlist ", .truncated),
        Entry("dashdec.c", "Failed to open fragment of playlist", .unreadable),
        Entry("concatdec.c", "Impossible to open '%s'", .unreadable),
        Entry("http.c", "Stream ends prematurely at ", .truncated),
        Entry("mov.c", "Found duplicated MOOV Atom", .unreadable),
        Entry("mov.c", "reached eof, corrupted ", .truncated),
        Entry("matroskadec.c", "File ended prematurely", .truncated),
        Entry("matroskadec.c", "Read error\n", .unreadable),
        Entry("matroskadec.c", "Read error at pos. ", .unreadable),
        Entry("matroskadec.c", "0x00 at pos ", .unreadable),
        Entry("matroskadec.c", "Length %d indicated by an EBML number's", .unreadable),
        Entry("matroskadec.c", "Unknown element %", .unreadable),
        Entry("matroskadec.c", "Element at 0x%", .unreadable),
        Entry("matroskadec.c", "Unknown-sized element ", .unreadable),
        Entry("matroskadec.c", "Invalid length 0x%", .unreadable),
        Entry("matroskadec.c", "Invalid element\n", .unreadable),
        Entry("matroskadec.c", "Error parsing frame sizes", .unreadable),
        Entry("matroskadec.c", "Invalid track number %", .unreadable),
        Entry("av1dec.c", "Failed to get packet for obu", .truncated),
        Entry("av1dec.c", "Failed to read obu", .truncated),
        Entry("flvdec.c", "Packet mismatch %d %d", .unreadable),
        Entry("asfdec_f.c", "ff asf bad header", .unreadable),
        Entry("asfdec_f.c", "freeing incomplete packet size ", .unreadable),
        Entry("asfdec_f.c", "packet fragment position invalid ", .unreadable),
        Entry("asfdec_f.c", "DRM protected stream detected", .encrypted),
        Entry("asfdec_f.c", "Ext DRM protected stream detected", .encrypted),
        Entry("oggdec.c", "CRC mismatch!", .unreadable),
        Entry("mxfdec.c", "edit unit sync lost on stream ", .unreadable),
        Entry("nutdec.c", "Last frame must have been damaged", .unreadable),
        Entry("nutdec.c", "sync point checksum mismatch", .unreadable),
        Entry("nutdec.c", "reached EOF while decoding frame header", .truncated),
        Entry("rtpdec.c", "RTP: missed %d packets", .unreadable),
        Entry("rtpdec.c", "RTP: dropping old packet received too late", .unreadable),
        Entry("dashdec.c", "Reached max consecutive fragment open", .truncated, since: 62),
        Entry("dashdec.c", "Reached max manifest reloads", .truncated, since: 62),
        Entry("mov.c", "APV au_size %u exceeds sample body", .unreadable, since: 62),
        Entry("flvdec.c", "Premature EOF\n", .truncated, since: 62),
        Entry("flvdec.c", "Track size mismatch: %d", .unreadable, since: 62),
        Entry("rtpdec_av1.c", "AV1 RTP frag packet sequence mismatch", .unreadable, since: 62),
        Entry("rtpdec_av1.c", "AV1 RTP unfrag packet sequence mismatch", .unreadable, since: 62),
        Entry("rtpdec_av1.c", "Unexpected fragment continuation in AV1", .unreadable, since: 62),
        Entry("rtpdec_av1.c", "Missing fragment continuation in AV1", .unreadable, since: 62),
    ]

    /// The version of libavformat in use.
    static var version: UInt32 { avformat_version() >> 16 }

    /// What a line means; `nil` for all that is no loss.
    static func kind(_ format: UnsafePointer<CChar>) -> MediaLoss.Kind? {
        entries.first { entry in
            unsafe strncmp(format, entry.format, entry.format.utf8.count) == 0
        }?.kind
    }
}
