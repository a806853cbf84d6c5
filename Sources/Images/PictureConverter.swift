internal import FrameFormat

/// Makes image pixels of raw pictures: right in matrix, range, chroma location and depth, through
/// zimg. Used by one task at a time; what was built for one picture serves all that are alike.
public final class PictureConverter {
    /// What becomes of pictures with more light than a display of standard range has.
    public enum HighDynamicRange: String, Hashable, Sendable, CaseIterable {
        /// The numbers stay PQ or HLG, and the file says so if it can.
        case keep
        /// The light is brought into the standard range (the EETF of BT.2390), as sRGB.
        case tonemap
        /// An error.
        case reject
    }

    /// What to make of a picture.
    public struct Options: Hashable, Sendable {
        /// Another size; `nil` keeps it.
        public var size: Size?
        /// Bits of a value at most: 8, or 16.
        public var depthMaximum = 8
        /// Whether alpha stays.
        public var keepsAlpha = true
        /// What transparent pixels are laid over where alpha does not stay: red, green, blue.
        public var background: [UInt8] = [255, 255, 255]
        /// What becomes of PQ and HLG.
        public var highDynamicRange = HighDynamicRange.keep

        /// The defaults.
        public init() {}
    }

    /// Columns and rows.
    public struct Size: Hashable, Sendable {
        /// Columns.
        public var width: Int
        /// Rows.
        public var height: Int

        /// Joins columns and rows.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    private let options: Options
    private var source: PictureSource?
    private var kernel: JPEGColorKernel?
    private var chains: [ConversionChain.Key: ConversionChain] = [:]
    /// Chains that are kept; a stream of changing pictures does not collect them.
    private static let chainCountMaximum = 4

    /// Makes a converter.
    public init(_ options: Options) {
        self.options = options
    }

    /// The picture as interleaved pixels: gray stays gray, everything else becomes RGB.
    public func pixels(of picture: RawPicture) throws(ImageError) -> ImagePixels {
        let hasAlpha = picture.hasVisibleAlpha
        let source = try prepare(picture, hasAlpha: hasAlpha)
        if options.size == nil, !picture.color.isHighDynamicRange,
            let pixels = ImagePixels(borrowing: picture)
        {
            return pixels
        }
        let isGray = source.format.family == .gray
        let depth = source.format.depth > 8 && options.depthMaximum > 8 ? 16 : 8
        let target = ZimgGraph.Format(
            width: size(of: source).width,
            height: size(of: source).height,
            family: isGray ? .gray : .rgb,
            sample: depth == 8 ? .byte : .word,
            depth: depth,
            isFullRange: true,
            matrix: isGray ? 2 : 0,
            primaries: source.format.primaries,
            transfer: source.format.transfer,
            chromaLocation: 1,
            hasAlpha: hasAlpha
        )
        let chain = try chain(from: source, to: target, picture)
        let planes = try source.withPlanes(of: picture) { planes throws(ImageError) in
            try chain.run(planes)
        }
        let interleaver = PixelInterleaver(
            planes: planes,
            size: options.size ?? Size(width: picture.width, height: picture.height),
            depth: depth,
            background: options.keepsAlpha ? nil : options.background
        )
        return ImagePixels(
            plane: interleaver.interleaved(),
            channelCount: interleaver.channelCount,
            depth: depth,
            significantBits: min(source.format.depth, depth)
        )
    }

    /// The picture as JPEG codes it; its chroma stays as fine as it is, as far as JPEG has that.
    ///
    /// - Returns: `nil` for a picture with alpha, which is composed as RGB first.
    public func jpegPlanes(of picture: RawPicture) throws(ImageError) -> JPEGPlanes? {
        guard !picture.hasVisibleAlpha else { return nil }
        let source = try prepare(picture, hasAlpha: false)
        let isGray = source.format.family == .gray
        var target = ZimgGraph.Format(
            width: size(of: source).width,
            height: size(of: source).height,
            family: isGray ? .gray : .yuv,
            sample: .byte,
            depth: 8,
            isFullRange: true,
            matrix: isGray ? 2 : 6,
            primaries: source.format.primaries,
            transfer: source.format.transfer,
            chromaLocation: 2
        )
        target.columnShift = min(source.format.columnShift, 1)
        target.rowShift = min(source.format.rowShift, 1)
        // zimg wants whole pairs.
        target.width += target.width % (1 << target.columnShift)
        target.height += target.height % (1 << target.rowShift)
        let size = options.size ?? Size(width: picture.width, height: picture.height)
        let planes = try source.withPlanes(of: picture) { planes throws(ImageError) in
            if let kernel = kernel(from: source, picture) { return kernel.run(planes) }
            return try chain(from: source, to: target, picture).run(planes)
        }
        var visible = target
        visible.width = size.width
        visible.height = size.height
        return JPEGPlanes(
            width: size.width,
            height: size.height,
            columnShift: target.columnShift,
            rowShift: target.rowShift,
            planes: planes.prefix(isGray ? 1 : 3).enumerated().compactMap { index, plane in
                let (width, height) = visible.size(ofPlane: index)
                return plane?.cropped(width: width, height: height)
            }
        )
    }

    /// Where the planes of pictures like this one go before the conversion.
    private func prepare(
        _ picture: RawPicture,
        hasAlpha: Bool
    ) throws(ImageError) -> PictureSource {
        if picture.color.isHighDynamicRange, options.highDynamicRange == .reject {
            throw ImageError(
                .highDynamicRange,
                "the picture is HDR (\(picture.color.transfer == 16 ? "PQ" : "HLG")), which --hdr reject refuses"
            )
        }
        let format = try PictureSource.format(of: picture, hasAlpha: hasAlpha)
        if let source, source.format == format, source.layout == picture.layout { return source }
        let made = PictureSource(format, layout: picture.layout)
        source = made
        return made
    }

    /// The size of the result, padding of the source included where nothing is scaled.
    private func size(of source: PictureSource) -> Size {
        options.size ?? Size(width: source.format.width, height: source.format.height)
    }

    /// The short way to the planes of a JPEG, where nothing else happens to the picture.
    private func kernel(from source: PictureSource, _ picture: RawPicture) -> JPEGColorKernel? {
        guard options.size == nil, !maps(picture) else { return nil }
        if let kernel, kernel.source == source.format { return kernel }
        kernel = JPEGColorKernel(from: source.format)
        return kernel
    }

    /// Whether the light of a picture is brought into the standard range.
    private func maps(_ picture: RawPicture) -> Bool {
        picture.color.isHighDynamicRange && options.highDynamicRange == .tonemap
    }

    private func chain(
        from source: PictureSource,
        to target: ZimgGraph.Format,
        _ picture: RawPicture
    ) throws(ImageError) -> ConversionChain {
        let key = ConversionChain.Key(
            source: source.format,
            target: target,
            region: options.size == nil
                ? nil : ZimgGraph.Region(width: picture.width, height: picture.height),
            peakLuminance: maps(picture)
                ? picture.peakLuminance ?? ToneMap.peakLuminanceDefault : nil
        )
        if let chain = chains[key] { return chain }
        if chains.count >= Self.chainCountMaximum { chains.removeAll() }
        let chain = try ConversionChain(key)
        chains[key] = chain
        return chain
    }
}
