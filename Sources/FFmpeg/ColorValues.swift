import CFFmpeg

/// What the numbers of a picture mean, as the code points of ISO/IEC 23091-2 (H.273), which FFmpeg
/// uses; 2 is "unspecified" for primaries, transfer and matrix.
public struct ColorValues: Hashable, Sendable {
    /// 0 unspecified, 1 limited (16...235), 2 full (0...255): AVColorRange.
    public var range: UInt32
    /// AVColorPrimaries.
    public var primaries: UInt32
    /// AVColorTransferCharacteristic.
    public var transfer: UInt32
    /// AVColorSpace.
    public var matrix: UInt32
    /// 0 unspecified, else AVChromaLocation.
    public var chromaLocation: UInt32

    /// Values from FFmpeg's numbers.
    public init(
        range: UInt32 = 0,
        primaries: UInt32 = 2,
        transfer: UInt32 = 2,
        matrix: UInt32 = 2,
        chromaLocation: UInt32 = 0
    ) {
        self.range = range
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.chromaLocation = chromaLocation
    }
}

extension ColorValues {
    init(_ frame: UnsafePointer<AVFrame>) {
        self.init(
            range: unsafe frame.pointee.color_range.rawValue,
            primaries: unsafe frame.pointee.color_primaries.rawValue,
            transfer: unsafe frame.pointee.color_trc.rawValue,
            matrix: unsafe frame.pointee.colorspace.rawValue,
            chromaLocation: unsafe frame.pointee.chroma_location.rawValue
        )
    }

    init(_ parameters: UnsafePointer<AVCodecParameters>) {
        self.init(
            range: unsafe parameters.pointee.color_range.rawValue,
            primaries: unsafe parameters.pointee.color_primaries.rawValue,
            transfer: unsafe parameters.pointee.color_trc.rawValue,
            matrix: unsafe parameters.pointee.color_space.rawValue,
            chromaLocation: unsafe parameters.pointee.chroma_location.rawValue
        )
    }

    func apply(to frame: UnsafeMutablePointer<AVFrame>) {
        unsafe frame.pointee.color_range = AVColorRange(rawValue: range)
        unsafe frame.pointee.color_primaries = AVColorPrimaries(rawValue: primaries)
        unsafe frame.pointee.color_trc = AVColorTransferCharacteristic(rawValue: transfer)
        unsafe frame.pointee.colorspace = AVColorSpace(rawValue: matrix)
        unsafe frame.pointee.chroma_location = AVChromaLocation(rawValue: chromaLocation)
    }

    func apply(to parameters: UnsafeMutablePointer<AVCodecParameters>) {
        unsafe parameters.pointee.color_range = AVColorRange(rawValue: range)
        unsafe parameters.pointee.color_primaries = AVColorPrimaries(rawValue: primaries)
        unsafe parameters.pointee.color_trc = AVColorTransferCharacteristic(rawValue: transfer)
        unsafe parameters.pointee.color_space = AVColorSpace(rawValue: matrix)
        unsafe parameters.pointee.chroma_location = AVChromaLocation(rawValue: chromaLocation)
    }

    func apply(to context: UnsafeMutablePointer<AVCodecContext>) {
        unsafe context.pointee.color_range = AVColorRange(rawValue: range)
        unsafe context.pointee.color_primaries = AVColorPrimaries(rawValue: primaries)
        unsafe context.pointee.color_trc = AVColorTransferCharacteristic(rawValue: transfer)
        unsafe context.pointee.colorspace = AVColorSpace(rawValue: matrix)
        unsafe context.pointee.chroma_sample_location = AVChromaLocation(
            rawValue: chromaLocation
        )
    }
}
