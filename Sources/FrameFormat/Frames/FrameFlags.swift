/// What is special about a frame.
public struct FrameFlags: OptionSet, Hashable, Sendable {
    /// The bits as they stand in a record.
    public let rawValue: UInt16

    /// Takes the bits of a record.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Decodable without any other frame. Every raw picture is.
    public static let keyframe = FrameFlags(rawValue: 1 << 0)
    /// Does not follow from the frame before it: the source was interrupted or jumped in time, as
    /// far as its container says so (`AV_PKT_FLAG_CORRUPT`: a packet that lacks its end, or packets
    /// are missing in front of it).
    public static let discontinuity = FrameFlags(rawValue: 1 << 1)
    /// Known to be damaged or concealed: the decoder complained of it, or says
    /// `AV_FRAME_FLAG_CORRUPT`.
    public static let corrupt = FrameFlags(rawValue: 1 << 2)
    /// Needed for decoding, but not to be shown: `AV_PKT_FLAG_DISCARD`, from edit lists.
    public static let discard = FrameFlags(rawValue: 1 << 3)
    /// The picture came from a keyframe of its source; kept on raw pictures, which are all
    /// decodable.
    public static let sourceKeyframe = FrameFlags(rawValue: 1 << 4)
    /// Not needed by any other frame: `AV_PKT_FLAG_DISPOSABLE`.
    public static let disposable = FrameFlags(rawValue: 1 << 5)
    /// Sound in itself, but decoded from pictures that are damaged or not there.
    public static let restsOnDamage = FrameFlags(rawValue: 1 << 6)
}
