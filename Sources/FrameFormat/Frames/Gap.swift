/// Frames that a stream does not have, and why.
///
/// Whatever was damaged, dropped under load or missing in a source becomes a gap, so that nothing
/// is lost in silence.
public struct Gap: Hashable, Sendable {
    /// Why the frames are missing.
    public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
        /// The decoder refused a packet.
        case undecodable = 1
        /// The demuxer lost its way in damaged bytes, or a read failed.
        case unreadable = 2
        /// The source ended before its own structure said so.
        case truncated = 3
        /// A live source was faster than the rest of the pipeline.
        case overflow = 4
        /// A live source was away and came back.
        case reconnect = 5
        /// Times jumped backwards, or forwards by more than the source explains.
        case timeStep = 6
        /// A record of the stream that is read was damaged.
        case damagedRecord = 7
        /// A picture that this version cannot store, such as one of another pixel format.
        case unsupported = 8
    }

    /// What `first` and `last` count.
    public enum Unit: UInt8, Hashable, Sendable, CaseIterable {
        /// Packets of the source, from 1, in the demuxer's order.
        case packets = 1
        /// Frames of the source, from 1, in the decoder's order.
        case frames = 2
        /// Sequence numbers of the stream that was read.
        case sequences = 3
        /// Nothing: it is not known how many there were.
        case unknown = 4
    }

    /// Why the frames are missing.
    public var reason: Reason
    /// The place in the source: the ordinal is that of the last frame before the gap.
    public var position: SourcePosition
    /// What `first` and `last` count.
    public var unit: Unit
    /// The first that is missing; 0 where that is unknown.
    public var first: UInt64
    /// The last that is missing; 0 where that is unknown.
    public var last: UInt64
    /// When the first that is missing would have been shown.
    public var presentationTime: MediaTime?
    /// For a person: what happened, in FFmpeg's words where they are its; at most 1024 bytes are
    /// kept.
    public var detail: String

    /// Makes a gap.
    public init(
        reason: Reason,
        position: SourcePosition,
        unit: Unit = .unknown,
        first: UInt64 = 0,
        last: UInt64 = 0,
        presentationTime: MediaTime? = nil,
        detail: String = ""
    ) {
        self.reason = reason
        self.position = position
        self.unit = unit
        self.first = first
        self.last = last
        self.presentationTime = presentationTime
        self.detail = detail
    }

    /// Whether frames are missing; a step in time loses none.
    public var isLoss: Bool { reason != .timeStep }
}
