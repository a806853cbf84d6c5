internal import FrameFormat
public import Images

/// How frames become images.
public struct ImageSettings: Hashable, Sendable {
    /// The kind of file.
    public var type = ImageType.png
    /// 1 to 100 for types that lose something: libjpeg's scale for JPEG, libwebp's for WebP. On
    /// both, 75 is usual, and 90 is hard to tell from the original.
    public var quality = ImageSettings.qualityDefault
    /// Another size, before turning; `nil` keeps it.
    public var size: PictureConverter.Size?
    /// Whether pictures are turned as their display matrix says.
    public var turns = true
    /// Whether pictures whose pixels are not square are stretched until they are.
    public var squaresPixels = false
    /// What becomes of PQ and HLG; `nil` keeps them where the type can say so, and maps the light
    /// elsewhere.
    public var highDynamicRange: PictureConverter.HighDynamicRange?
    /// What transparent pixels are laid over in types without alpha: red, green, blue.
    public var background: [UInt8] = [255, 255, 255]

    /// What `quality` is where nobody chooses.
    public static let qualityDefault = 90

    /// The defaults.
    public init() {}

    /// What becomes of PQ and HLG.
    var lightHandling: PictureConverter.HighDynamicRange {
        highDynamicRange ?? (type.canTagHighDynamicRange ? .keep : .tonemap)
    }

    /// All that decides what an image looks like, as one line.
    var line: String {
        var parts = ["type=\(type.rawValue)"]
        if type.isLossy { parts.append("quality=\(quality)") }
        if let size { parts.append("size=\(size.width)x\(size.height)") }
        if !turns { parts.append("turned=no") }
        if squaresPixels { parts.append("pixels=square") }
        if let highDynamicRange { parts.append("hdr=\(highDynamicRange.rawValue)") }
        if background != [255, 255, 255] {
            parts.append("background=\(background.map { "\($0)" }.joined(separator: ","))")
        }
        return parts.joined(separator: " ")
    }

    /// The size of the image of a frame before turning; `nil` keeps the frame's.
    func size(for header: FrameHeader) -> PictureConverter.Size? {
        if let size { return size }
        guard squaresPixels, let aspect = header.sampleAspectRatio, aspect.numerator > 0,
            aspect.denominator > 0, aspect.numerator != aspect.denominator
        else { return nil }
        // The shorter side grows, so that no pixel is lost.
        let (width, height) = (UInt64(header.width), UInt64(header.height))
        let (top, bottom) = (UInt64(aspect.numerator), UInt64(aspect.denominator))
        return top > bottom
            ? PictureConverter.Size(
                width: Int(max(1, (width * top + bottom / 2) / bottom)),
                height: Int(height)
            )
            : PictureConverter.Size(
                width: Int(width),
                height: Int(max(1, (height * bottom + top / 2) / top))
            )
    }
}
