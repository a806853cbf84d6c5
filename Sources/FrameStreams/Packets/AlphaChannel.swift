internal import Buffers
package import FrameFormat

/// The alpha of VP8 and VP9, which Matroska and WebM keep as a second picture beside each packet
/// (BlockAdditional with the id 1), and announce (AlphaMode).
package enum AlphaChannel {
    /// The codecs.
    package static let codecs: Set<String> = ["vp8", "vp9"]
    private static let sideDataKind = "matroska-blockadditional"

    /// The bytes of the second picture; `nil` for a packet without one.
    package static func secondPicture(of packet: Frame) -> ArraySlice<UInt8>? {
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
    package static func isKey(_ packet: Frame) -> Bool {
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
