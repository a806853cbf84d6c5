public import Buffers

/// A picture or a packet with a header that says what it is: what stages exchange and streams
/// store.
public struct Frame: Hashable, Sendable {
    /// What the payload is.
    public var header: FrameHeader
    /// Tight rows of a raw picture, or the bytes of a packet.
    public var payload: Buffer
    /// What travels with the picture and is no picture: HDR metadata, ICC profiles, captions,
    /// palettes.
    public var sideData: [SideData]

    /// Joins a header with what it describes.
    public init(header: FrameHeader, payload: Buffer, sideData: [SideData] = []) {
        self.header = header
        self.payload = payload
        self.sideData = sideData
    }

    /// What the frame weighs in a queue, in bytes.
    public var byteCount: Int {
        sideData.reduce(payload.byteCount) { $0 + $1.bytes.byteCount }
    }
}

/// A piece of side data, kept as FFmpeg has it.
public struct SideData: Hashable, Sendable {
    /// Which of FFmpeg's two sets of kinds `name` is from.
    public enum Origin: UInt8, Hashable, Sendable, CaseIterable {
        /// `av_packet_side_data_name`, the side data of a packet.
        case packet = 1
        /// `av_frame_side_data_name`, the side data of a picture.
        case picture = 2
    }

    /// Whose kinds `kind` counts among.
    public var origin: Origin
    /// The kind: FFmpeg's `AVPacketSideDataType` or `AVFrameSideDataType` by its name in the
    /// registry.
    public var kind: String
    /// The bytes, verbatim.
    public var bytes: Buffer

    /// Makes a piece of side data.
    public init(origin: Origin, kind: String, bytes: Buffer) {
        self.origin = origin
        self.kind = kind
        self.bytes = bytes
    }
}
