internal import FrameFormat
internal import FrameStreams

/// A packet on its way through a decoder, with what its bytes say of its place among the others.
struct CodedPacket {
    /// Its number in the decoder, from 1.
    let number: UInt64
    /// The packet as it was stored.
    let frame: Frame
    /// What decoding from it gives; `nil` behind the start of a group.
    let start: GroupStart?

    init(number: UInt64, _ frame: Frame) {
        self.number = number
        self.frame = frame
        start = frame.header.flags.contains(.keyframe) ? GroupStart(frame) : nil
    }

    private static let setCodecs: Set<String> = ["h264", "hevc"]

    /// Whether a decoder can start at it, if the pictures of the group before are not asked of it.
    ///
    /// A keyframe of H.264 and H.265 has to say so itself, since containers mark more than that.
    var isStart: Bool {
        guard let start else { return false }
        return start != .unknown || !Self.setCodecs.contains(frame.header.codec.name)
    }

    /// Whether its codec has no picture that refers to another.
    var isIntra: Bool { GroupStart.intraCodecs.contains(frame.header.codec.name) }

    /// Whether no other picture refers to it, as far as its bytes say so.
    var isDisposable: Bool {
        if frame.header.flags.contains(.disposable) { return true }
        guard frame.header.codec.name == "h264" else { return false }
        // H.264, 7.4.1: nal_ref_idc is 0 for all slices of such a picture.
        let slices = GroupStart.units(of: frame).compactMap(\.first).filter {
            (1...5).contains($0 & 0x1F)
        }
        return !slices.isEmpty && slices.allSatisfy { $0 & 0x60 == 0 }
    }
}
