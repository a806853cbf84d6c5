internal import Images

/// A kind of image file.
public enum ImageType: String, Hashable, Sendable, CaseIterable {
    /// Lossless; 8 or 16 bits, alpha, colour chunks.
    case png
    /// Small; 8 bits.
    case jpeg
    /// Smaller still; 8 bits, alpha.
    case webp
    /// Plain; 8 bits, alpha.
    case bmp
    /// Lossless; 8 or 16 bits, alpha.
    case tiff
    /// Plain; 8 or 16 bits.
    case ppm
    /// What it was: packets that are image files, byte for byte.
    case copy

    /// The ending of file names; of copies, that of each one's own kind.
    public var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .png, .webp, .bmp, .tiff, .ppm: rawValue
        case .copy: "{ending}"
        }
    }

    /// Whether a quality can be chosen; the other types keep every pixel.
    public var isLossy: Bool {
        switch self {
        case .jpeg, .webp: true
        case .png, .bmp, .tiff, .ppm, .copy: false
        }
    }

    /// Bits of a value at most.
    var depthMaximum: Int {
        switch self {
        case .png, .tiff, .ppm, .copy: 16
        case .jpeg, .webp, .bmp: 8
        }
    }

    /// Whether pixels may be transparent.
    var hasAlpha: Bool {
        switch self {
        case .png, .webp, .tiff, .bmp, .copy: true
        case .jpeg, .ppm: false
        }
    }

    /// Whether a file can say that its light is PQ or HLG.
    public var canTagHighDynamicRange: Bool { self == .png }
}
