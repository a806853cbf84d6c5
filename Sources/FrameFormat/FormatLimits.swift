/// The largest values that a valid record holds.
public enum FormatLimits {
    /// Bytes of the fields of a record.
    public static let headerByteCountMaximum = 64 << 10
    /// Bytes of the payload of a record: 4 GiB, more than the largest picture that FFmpeg allows at
    /// 16 bits.
    public static let payloadByteCountMaximum: UInt64 = 4 << 30
    /// Bytes of the name of a codec, a pixel format or a kind of side data.
    public static let nameByteCountMaximum = 32
    /// Columns or rows of a picture.
    public static let dimensionMaximum: UInt32 = 1 << 20
    /// Planes of a picture.
    public static let planeCountMaximum = 4
    /// Pieces of side data of a frame.
    public static let sideDataCountMaximum = 64
    /// Bytes of the extra data in codec parameters.
    public static let extraDataByteCountMaximum = 48 << 10
    /// Bytes of a decoder's context. Beside the largest extra data it fits in a header.
    public static let decoderContextByteCountMaximum = 12 << 10
    /// Bytes of the name or the selection of a source.
    public static let sourceTextByteCountMaximum = 8 << 10
    /// Bytes of the detail of a gap.
    public static let gapDetailByteCountMaximum = 1 << 10
    /// Bytes of the key of a mark.
    public static let markKeyByteCountMaximum = 64
    /// Bytes of the value of a mark.
    public static let markValueByteCountMaximum = 16 << 10
    /// Entries of an index record.
    public static let indexEntryCountMaximum = 4096
    /// Links of an index record.
    public static let indexLinkCountMaximum = 64
}
