internal import FFmpeg
internal import FrameFormat

/// What the numbers mean on both sides of a conversion between pixel formats.
///
/// Between luma and chroma and red, green and blue, a matrix and a range are needed: those that the
/// frame says, or those of `ColorDecision`. What the result means is then said in its header. A
/// conversion that stays on one side changes no meaning, and says no more than was said.
struct ConversionColors {
    /// What libswscale is told of the frame.
    let source: FFmpeg.ColorValues
    /// What libswscale is told of the result.
    let target: FFmpeg.ColorValues
    /// What the header of the result says.
    let result: ColorDescription

    /// Decides for a frame that becomes `format`, or stays in its own, of another size or its own.
    init(from header: FrameHeader, to format: PixelFormat?, _ width: Int?, _ height: Int?) {
        let decision = ColorDecision(header)
        var converted = header
        converted.pixelFormat = format ?? header.pixelFormat
        converted.width = width.map { UInt32($0) } ?? header.width
        converted.height = height.map { UInt32($0) } ?? header.height
        let (wasRGB, isRGB) = (header.isRGB, converted.isRGB)
        let isJPEG = converted.pixelFormat?.name.hasPrefix("yuvj") ?? false
        var color = header.color
        if isRGB, !wasRGB {
            color.matrix = .init(0, provenance: .derived)
            color.range = .init(2, provenance: .derived)
            color.chromaLocation = .init(0, provenance: .unspecified)
        } else if wasRGB, !isRGB {
            converted.color.matrix = .init(2, provenance: .unspecified)
            converted.color.range = .init(0, provenance: .unspecified)
            let new = ColorDecision(converted)
            color.matrix = .init(new.matrix, provenance: .derived)
            color.range = .init(new.isFullRange ? 2 : 1, provenance: .derived)
        } else if isJPEG, !decision.isFullRange {
            color.range = .init(2, provenance: .derived)
        }
        result = color
        source = decision.values
        converted.color = color
        target = ColorDecision(converted).values
    }
}

extension FrameHeader {
    /// Whether the samples are red, green and blue, or colours of a table.
    fileprivate var isRGB: Bool {
        !(pixelFormat?.layout?.flags.isDisjoint(with: [.rgb, .palette]) ?? true)
    }
}

extension ColorDecision {
    fileprivate var values: FFmpeg.ColorValues {
        FFmpeg.ColorValues(
            range: isFullRange ? 2 : 1,
            primaries: UInt32(primaries),
            transfer: UInt32(transfer),
            matrix: UInt32(matrix),
            chromaLocation: UInt32(chromaLocation)
        )
    }
}
