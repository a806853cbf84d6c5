/// What the packets before a keyframe told the decoder that holds for it and is not in it: what one
/// that starts there has to be told, besides the codec parameters.
public struct DecoderContext: Hashable, Sendable {
    /// Something that was told.
    public struct Piece: Hashable, Sendable {
        /// A kind of side data of packets, or ``DecoderContext/headers``.
        public var kind: String
        /// What was told, as it was in the packet.
        public var bytes: [UInt8]

        /// A piece of a kind.
        public init(kind: String, bytes: [UInt8]) {
            self.kind = kind
            self.bytes = bytes
        }
    }

    /// The kind of what goes in front of the packet's bytes, in their form: parameter sets and
    /// sequence headers that came in packets. Everything else goes beside the packet.
    public static let headers = "headers"

    /// The kinds of side data of packets that hold until others come.
    package static let lastingKinds = ["new-extradata", "palette", "parameter-change"]

    /// The pieces; none where the codec parameters and the packet say it all.
    public var pieces: [Piece]

    /// A context of pieces.
    public init(_ pieces: [Piece] = []) {
        self.pieces = pieces
    }

    /// The newest piece of a kind.
    public subscript(kind: String) -> [UInt8]? {
        pieces.first { $0.kind == kind }?.bytes
    }

    /// Bytes that the pieces take in a record.
    public var byteCount: Int {
        pieces.reduce(0) { $0 + 1 + $1.kind.utf8.count + 4 + $1.bytes.count }
    }
}
