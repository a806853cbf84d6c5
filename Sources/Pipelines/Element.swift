public import FrameFormat

/// What flows through a pipeline.
public enum Element: Sendable {
    /// A picture or a packet.
    case frame(Frame)
    /// Frames that are missing, and why.
    case gap(Gap)

    /// What a gap weighs in a queue, in bytes.
    static let gapByteCount = 1 << 10

    /// What the element weighs in a queue, in bytes.
    public var byteCount: Int {
        switch self {
        case .frame(let frame): frame.byteCount
        case .gap: Self.gapByteCount
        }
    }
}
