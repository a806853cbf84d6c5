internal import Buffers
internal import FrameFormat
internal import FrameStreams

/// What the headers in a packet say of the aspect of pixels: the code of MPEG-2's sequence header,
/// or the parameters of usability in H.264's sequence parameter set. Pure.
///
/// Two values that differ are two aspects; a packet without such headers has none.
struct CodedAspect: Hashable {
    private let code: UInt64

    /// Bytes at the start of a packet among which its headers stand.
    private static let headByteCount = 4096

    /// Reads the headers of `packet`; `nil` where it has none.
    init?(_ packet: Frame) {
        var packet = packet
        let byteCount = min(packet.payload.byteCount, Self.headByteCount)
        packet.payload = packet.payload.slice(0..<byteCount)
        switch packet.header.codec.name {
        case "mpeg1video", "mpeg2video":
            guard let code = Self.ofSequenceHeader(packet.payload.array) else { return nil }
            self.code = code
        case "h264":
            let sets = GroupStart.units(of: packet).filter { ($0.first ?? 0) & 0x1F == 7 }
            guard let set = sets.first, let code = SequenceSet(set)?.aspect else { return nil }
            self.code = code
        default: return nil
        }
    }

    /// ISO/IEC 13818-2, 6.2.2.1: four bits behind columns and rows.
    private static func ofSequenceHeader(_ bytes: [UInt8]) -> UInt64? {
        let head = bytes.prefix(256)
        guard head.count > 7 else { return nil }
        for place in 0..<(head.count - 7)
        where head[place..<(place + 4)].elementsEqual([0, 0, 1, 0xB3]) {
            return UInt64(head[place + 7] >> 4)
        }
        return nil
    }
}
