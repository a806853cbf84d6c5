/// What the numbers of a picture are taken for: what somebody stated, and a rule for the rest.
///
/// The rule, for each property that nobody stated:
///
/// - **Matrix**: RGB for formats of red, green and blue. Otherwise that which belongs to the stated
///   primaries; otherwise BT.709 for pictures of at least 1280 columns or 720 rows, BT.601 for
///   smaller ones, which is how studios and broadcasters divide them (ITU-T H.273 leaves it open).
/// - **Range**: full for RGB, for FFmpeg's `yuvj` formats, and for gray, which is what FFmpeg takes
///   it for and what files of gray pictures mean; limited for everything else, as H.264 and H.265
///   say of streams without a word about it.
/// - **Primaries and transfer**: those that belong to the matrix; for RGB, those of sRGB.
/// - **Chroma location**: left, what H.264 and H.265 infer; center for `yuvj`, as in JPEG.
public struct ColorDecision: Hashable, Sendable {
    /// Which properties nobody stated.
    public struct Assumed: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Takes bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The range.
        public static let range = Assumed(rawValue: 1)
        /// The matrix.
        public static let matrix = Assumed(rawValue: 2)
        /// The primaries.
        public static let primaries = Assumed(rawValue: 4)
        /// The transfer characteristic.
        public static let transfer = Assumed(rawValue: 8)
        /// The chroma location.
        public static let chromaLocation = Assumed(rawValue: 16)
    }

    /// Columns from which a picture counts as high definition.
    static let highDefinitionWidth: UInt32 = 1280
    /// Rows from which a picture counts as high definition.
    static let highDefinitionHeight: UInt32 = 720

    /// Whether values use the whole of their range.
    public var isFullRange: Bool
    /// H.273 section 8.3.
    public var matrix: UInt8
    /// H.273 section 8.1.
    public var primaries: UInt8
    /// H.273 section 8.2.
    public var transfer: UInt8
    /// 1 left, 2 center, 3 top left, 4 top, 5 bottom left, 6 bottom.
    public var chromaLocation: UInt8
    /// What of this is assumed.
    public var assumed: Assumed

    /// Whether the light is coded as PQ or HLG.
    public var isHighDynamicRange: Bool { transfer == 16 || transfer == 18 }

    /// Decides for the picture that `header` describes.
    public init(_ header: FrameHeader) {
        let layout = header.pixelFormat?.layout
        let isRGB = !(layout?.flags.isDisjoint(with: [.rgb, .palette]) ?? true)
        let isJPEG = header.pixelFormat?.name.hasPrefix("yuvj") ?? false
        let color = header.color
        var assumed: Assumed = []
        func stated(
            _ property: ColorDescription.Property,
            _ name: Assumed,
            unspecified: UInt8,
            else value: @autoclosure () -> UInt8
        ) -> UInt8 {
            guard property.codePoint == unspecified else { return property.codePoint }
            assumed.insert(name)
            return value()
        }
        let isHighDefinition =
            header.width >= Self.highDefinitionWidth || header.height >= Self.highDefinitionHeight
        let sized =
            Self.matrix(ofPrimaries: color.primaries.codePoint) ?? (isHighDefinition ? 1 : 6)
        if isRGB {
            // A matrix beside red, green and blue is a leftover of where they come from.
            matrix = 0
        } else {
            let value = stated(color.matrix, .matrix, unspecified: 2, else: sized)
            // "RGB" beside luma and chroma can only be a mistake.
            matrix = value == 0 ? sized : value
            if value == 0 { assumed.insert(.matrix) }
        }
        let isGray = (layout?.componentCount ?? 3) < 3
        let range = stated(
            color.range,
            .range,
            unspecified: 0,
            else: isRGB || isJPEG || isGray ? 2 : 1
        )
        isFullRange = range == 2 || isJPEG
        let known = matrix
        primaries = stated(
            color.primaries,
            .primaries,
            unspecified: 2,
            else: Self.primaries(ofMatrix: known)
        )
        transfer = stated(
            color.transfer,
            .transfer,
            unspecified: 2,
            else: Self.transfer(ofMatrix: known)
        )
        chromaLocation = stated(
            color.chromaLocation,
            .chromaLocation,
            unspecified: 0,
            else: isJPEG ? 2 : 1
        )
        self.assumed = assumed
    }

    private static func matrix(ofPrimaries primaries: UInt8) -> UInt8? {
        switch primaries {
        case 1: 1
        case 4: 4
        case 5: 5
        case 6: 6
        case 7: 7
        case 9: 9
        default: nil
        }
    }

    private static func primaries(ofMatrix matrix: UInt8) -> UInt8 {
        switch matrix {
        case 4: 4
        case 5: 5
        case 6: 6
        case 7: 7
        case 9, 10, 14: 9
        default: 1
        }
    }

    private static func transfer(ofMatrix matrix: UInt8) -> UInt8 {
        switch matrix {
        case 0: 13
        case 6: 6
        case 7: 7
        case 9, 10: 14
        // ICtCp is made for PQ; with HLG, somebody says so.
        case 14: 16
        default: 1
        }
    }
}

extension ColorDecision: CustomStringConvertible {
    /// For a person: `BT.709, limited range`.
    public var description: String {
        let matrixName =
            switch matrix {
            case 0: "RGB"
            case 1: "BT.709"
            case 4: "FCC"
            case 5, 6: "BT.601"
            case 7: "SMPTE 240M"
            case 8: "YCgCo"
            case 9, 10: "BT.2020"
            case 14: "ICtCp"
            default: "matrix \(matrix)"
            }
        return "\(matrixName), \(isFullRange ? "full" : "limited") range"
    }
}
