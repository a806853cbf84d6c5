internal import Buffers
internal import FFmpeg
internal import FrameFormat

/// The alpha of VP8 and VP9, which Matroska and WebM keep as a second picture beside each packet
/// (BlockAdditional with the id 1), and announce (AlphaMode).
///
/// In codec parameters it is the pixel format `yuva420p`, which makes FFmpeg choose a decoder that
/// shows it and its muxer announce it.
enum AlphaChannel {
    private static let codecs: Set<String> = ["vp8", "vp9"]
    private static let sideDataKind = "matroska-blockadditional"

    /// The pixel format of the pictures of a stream that states alpha; `nil` where FFmpeg's
    /// decoders would not show it.
    static func pixelFormat(of codecName: String, opaque: String?) -> String? {
        guard codecs.contains(codecName), opaque == nil || opaque == "yuv420p",
            Decoder.showsAlpha(of: codecName)
        else { return nil }
        return "yuva420p"
    }

    /// The bytes of the second picture; `nil` for a packet without one.
    static func secondPicture(of packet: Frame) -> ArraySlice<UInt8>? {
        guard codecs.contains(packet.header.codec.name) else { return nil }
        for piece in packet.sideData where piece.kind == sideDataKind {
            let bytes = piece.bytes.array
            guard bytes.count > 8, bytes.prefix(8).elementsEqual([0, 0, 0, 0, 0, 0, 0, 1]) else {
                continue
            }
            return bytes[8...]
        }
        return nil
    }

    /// Whether the second picture, if there is one, can be decoded without those before it: its
    /// keyframes need not be where those of the first are.
    static func isKey(_ packet: Frame) -> Bool {
        guard let first = secondPicture(of: packet)?.first else { return true }
        // RFC 6386, 9.1: the lowest bit of the frame tag.
        if packet.header.codec.name == "vp8" { return first & 1 == 0 }
        // VP9, 6.2: two bits of marker, two of profile, one more of profile 3, then whether a
        // picture is shown again, and the type of frame.
        let isLong = first & 0x30 == 0x30
        let (shownAgain, kind): (UInt8, UInt8) = isLong ? (0x04, 0x02) : (0x08, 0x04)
        return first & shownAgain == 0 && first & kind == 0
    }
}

extension MediaStream {
    /// The pixel format of the pictures as they are decoded here: with the alpha that the container
    /// states and FFmpeg's probing does not see.
    var shownPixelFormat: String? {
        let opaque = parameters.pixelFormat
        guard statesAlpha else { return opaque }
        return AlphaChannel.pixelFormat(of: parameters.codecName, opaque: opaque) ?? opaque
    }
}
