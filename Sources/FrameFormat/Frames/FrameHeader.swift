/// Where a frame comes from.
public struct SourcePosition: Hashable, Sendable {
    /// The number of the source in its stream, from 1; the source's own record says more.
    public var sourceID: UInt64
    /// The number of the frame in its source, from 1, in the order in which the source gives them
    /// out: the decoder's for pictures, the demuxer's for packets.
    public var ordinal: UInt64
    /// The number of the last packet of the source, from 1, that this frame and all before it
    /// account for: once they are durable, nothing up to it is needed again. Never decreases; 0 is
    /// none.
    public var origin: UInt64

    /// Makes a position.
    public init(sourceID: UInt64 = 0, ordinal: UInt64 = 0, origin: UInt64 = 0) {
        self.sourceID = sourceID
        self.ordinal = ordinal
        self.origin = origin
    }
}

/// Says what a frame's payload is, when it is shown, and where it comes from.
///
/// A raw picture needs nothing else to be shown right; a packet needs the codec parameters, which
/// are on every keyframe.
public struct FrameHeader: Hashable, Sendable {
    /// The number of the frame in its stream, gapless, from 1; 0 before it is stored.
    public var sequence: UInt64 = 0
    /// Which writer stored it: grows with each opening of the stream for writing; 0 before.
    public var writerEpoch: UInt32 = 0
    /// Where it comes from.
    public var position = SourcePosition()
    /// What the payload is.
    public var codec: Codec
    /// What is special about it.
    public var flags: FrameFlags = []
    /// Visible columns, or coded ones for a packet; 0 when the container does not say.
    public var width: UInt32
    /// Visible rows, or coded ones for a packet; 0 when the container does not say.
    public var height: UInt32
    /// How a raw picture's samples are laid out; `nil` for packets.
    public var pixelFormat: PixelFormat?
    /// The planes of a raw picture; empty for packets.
    public var planes: [PlaneLayout] = []
    /// When it is shown.
    public var presentationTime: StampedTime?
    /// When it is decoded.
    public var decodeTime: StampedTime?
    /// For how long it is shown.
    public var duration: StampedTime?
    /// When it was taken.
    public var captureTime: CaptureTime?
    /// What its numbers mean as colours.
    public var color = ColorDescription.unspecified
    /// Width over height of one sample; `nil` when nobody said.
    public var sampleAspectRatio: Rational?
    /// Who said ``sampleAspectRatio``. What the container says holds whatever the pictures say.
    public var sampleAspectRatioProvenance = Provenance.unspecified
    /// What a coded stream says at its start, where the container says another
    /// ``sampleAspectRatio``; 1:1 where it says nothing.
    public var codedSampleAspectRatio: Rational?
    /// How it is to be turned for showing.
    public var displayMatrix: DisplayMatrix?
    /// Progressive, or which field is first.
    public var fieldOrder = FieldOrder.unknown
    /// Extra times that a field is to be shown: `AVFrame.repeat_pict`.
    public var repeatCount: UInt8 = 0
    /// What a decoder has to know; `nil` for raw pictures.
    public var codecParameters: CodecParametersReference?
    /// What a decoder that starts at this packet has to be told besides; `nil` where nobody noted
    /// it: for raw pictures, behind the start of a group, and in streams of 0.1.0.
    public var decoderContext: DecoderContext?

    /// Makes a header with all that has no sensible default.
    public init(codec: Codec, width: UInt32, height: UInt32, pixelFormat: PixelFormat? = nil) {
        self.codec = codec
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
    }
}
