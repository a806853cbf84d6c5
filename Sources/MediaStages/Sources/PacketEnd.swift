internal import FFmpeg

/// Watches where the packets of a stream end, to see whether the last is cut off.
struct PacketEnd {
    /// Demuxers whose flag means that something is missing inside of the stream.
    private static let formatsWithBreaks: Set = [
        "mpegts", "hls", "dash", "concat", "rtsp", "sdp", "rtp", "mpegtsraw",
    ]

    private var offset: Int64?
    private var byteCount = 0
    private var isPartial = false

    /// Takes the next packet.
    mutating func note(_ packet: borrowing Packet) {
        isPartial = packet.flags.contains(.corrupt)
        let byteCount = packet.bytes.byteCount
        self.byteCount = byteCount
        offset = packet.position.flatMap { position in
            let (end, overflow) = position.addingReportingOverflow(Int64(byteCount))
            return overflow ? nil : end
        }
    }

    /// What is wrong with the last packet of media that was read to the end; `nil` for nothing.
    func fault(of demuxer: borrowing Demuxer, formatName: String) -> String? {
        // av_get_packet flags what is shorter than it has to be.
        if isPartial, !Self.formatsWithBreaks.contains(formatName) {
            return "the last packet is cut off"
        }
        // dv.c shows the end of the picture before, where one of the fixed size is cut off.
        if formatName == "dv", byteCount > 0, let all = demuxer.byteCount,
            !all.isMultiple(of: Int64(byteCount))
        {
            return "the last picture is cut off"
        }
        // yuv4mpegdec.c takes a picture that is cut off for the end.
        if formatName == "yuv4mpegpipe", let offset, let read = demuxer.readByteCount,
            read > offset
        {
            return "a picture is cut off behind the last, after \(read - offset) bytes"
        }
        return nil
    }
}
