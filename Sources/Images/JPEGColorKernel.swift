internal import CPlatform

/// Makes 8-bit 4:2:0 of any matrix, range and chroma location into that of JPEG: BT.601, full
/// range, chroma in the middle of its four pixels. Used by one task at a time.
///
/// The same as by way of R'G'B' with linear interpolation of chroma, without that way: a Y'CbCr is
/// linear in another, and gray stays gray; so chroma depends on chroma alone, and luma on luma and
/// on one plane of corrections as coarse as chroma. Every value is within 0.501 of the exact one.
///
/// What the samples of a source mean is ITU-T H.273 section 8.3, where chroma lies its section 8.7,
/// and what a JPEG's mean is ITU-T T.871 (JFIF).
@safe
final class JPEGColorKernel {
    /// What the samples of a picture are; sides are whole pairs.
    let source: ZimgGraph.Format
    private let rule: cplatform_ycbcr_rule
    private let scratch: AlignedMemory
    private let result: [SamplePlane?]

    /// Sets up for pictures of a format; `nil` for those that are no 8-bit 4:2:0, and for matrices
    /// that are not linear or not known.
    init?(from source: ZimgGraph.Format) {
        guard source.family == .yuv, source.sample == .byte, source.depth == 8,
            source.columnShift == 1, source.rowShift == 1,
            source.width % 2 == 0, source.height % 2 == 0, !source.hasAlpha,
            let rule = Self.rule(source)
        else { return nil }
        self.source = source
        self.rule = rule
        result = source.makePlanes()
        let count = cplatform_ycbcr_scratch_count(source.width)
        scratch = AlignedMemory(byteCount: count * MemoryLayout<Int32>.stride)
    }

    /// Converts planes of the source's sizes; the result is overwritten by the next run.
    func run(_ planes: [SamplePlane?]) -> [SamplePlane?] {
        for (index, plane) in planes.prefix(3).enumerated() {
            let (width, height) = source.size(ofPlane: index)
            precondition(plane?.width == width && plane?.height == height, "other planes")
        }
        var from = Self.planes(planes)
        var to = Self.planes(result)
        var rule = rule
        unsafe cplatform_ycbcr_convert(
            &rule,
            &from,
            &to,
            source.width,
            source.height,
            scratch.address.assumingMemoryBound(to: Int32.self)
        )
        return result
    }

    private static func planes(_ planes: [SamplePlane?]) -> cplatform_ycbcr_planes {
        func address(_ index: Int) -> UnsafeMutablePointer<UInt8>? {
            unsafe planes[index]?.address.assumingMemoryBound(to: UInt8.self)
        }
        func stride(_ index: Int) -> Int { planes[index]?.stride ?? 0 }
        return unsafe cplatform_ycbcr_planes(
            planes: (address(0), address(1), address(2)),
            strides: (stride(0), stride(1), stride(2))
        )
    }

    /// What red and blue weigh in luma: KR and KB of H.273 table 4.
    private static func weights(ofMatrix matrix: UInt8) -> (red: Double, blue: Double)? {
        switch matrix {
        case 1: (0.2126, 0.0722)
        case 4: (0.30, 0.11)
        case 5, 6: (0.299, 0.114)
        case 7: (0.212, 0.087)
        case 9: (0.2627, 0.0593)
        default: nil
        }
    }

    private static func rule(_ source: ZimgGraph.Format) -> cplatform_ycbcr_rule? {
        guard let here = weights(ofMatrix: source.matrix), let there = weights(ofMatrix: 6),
            (1...6).contains(source.chromaLocation)
        else { return nil }
        // R' = Y' + red Cr, B' = Y' + blue Cb, G' = Y' - what is left of both.
        let (red, blue) = (2 * (1 - here.red), 2 * (1 - here.blue))
        let green = 1 - here.red - here.blue
        let thereGreen = 1 - there.red - there.blue
        // Y' of the target is Y' + ofCb Cb + ofCr Cr.
        let ofCb = there.blue * blue - thereGreen * here.blue * blue / green
        let ofCr = there.red * red - thereGreen * here.red * red / green
        let (thereRed, thereBlue) = (2 * (1 - there.red), 2 * (1 - there.blue))
        let lumaScale = source.isFullRange ? 1 : 255.0 / 219
        let chromaScale = source.isFullRange ? 1 : 255.0 / 224
        func fixed(_ number: Double) -> Int32 {
            Int32((number * Double(1 << CPLATFORM_YCBCR_BITS)).rounded())
        }
        var rule = cplatform_ycbcr_rule()
        rule.of_luma = fixed(lumaScale)
        rule.of_cb = (
            fixed(ofCb * chromaScale), fixed((blue - ofCb) / thereBlue * chromaScale),
            fixed(-ofCb / thereRed * chromaScale)
        )
        rule.of_cr = (
            fixed(ofCr * chromaScale), fixed(-ofCr / thereBlue * chromaScale),
            fixed((red - ofCr) / thereRed * chromaScale)
        )
        let black = source.isFullRange ? 0.0 : 16
        rule.constant = (fixed(0.5 - black * lumaScale), fixed(128.5), fixed(128.5))
        // Left, center, top left, top, bottom left, bottom.
        let (isCentered, row) = (source.chromaLocation % 2 == 0, (source.chromaLocation - 1) / 2)
        rule.column = Int32(isCentered ? CPLATFORM_YCBCR_MIDDLE : CPLATFORM_YCBCR_FIRST)
        rule.row = Int32(
            [CPLATFORM_YCBCR_MIDDLE, CPLATFORM_YCBCR_FIRST, CPLATFORM_YCBCR_LAST][Int(row)]
        )
        return rule
    }
}
