/// How the samples of a pixel format lie in memory, without padding between rows.
public struct PixelLayout: Hashable, Sendable {
    /// What is special about a format; the bits are FFmpeg's `AV_PIX_FMT_FLAG_...`.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt16

        /// Takes bits.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// Components of more than one byte are big-endian.
        public static let bigEndian = Flags(rawValue: 1 << 0)
        /// The samples are indices into the second plane, a table of 256 colours.
        public static let palette = Flags(rawValue: 1 << 1)
        /// Samples are packed into bits, the first one into the most significant.
        public static let bitstream = Flags(rawValue: 1 << 2)
        /// At least two components have a plane each.
        public static let planar = Flags(rawValue: 1 << 4)
        /// The samples are red, green and blue, not luma and chroma.
        public static let rgb = Flags(rawValue: 1 << 5)
        /// There is an alpha component.
        public static let alpha = Flags(rawValue: 1 << 7)
        /// The samples are those of a sensor behind a mosaic of colours.
        public static let bayer = Flags(rawValue: 1 << 8)
    }

    /// How one plane is made.
    public struct Plane: Hashable, Sendable {
        /// Bits from one step to the next along a row; a step is a sample, or the samples of
        /// several components, or those of several columns.
        public var bitsPerStep: Int
        /// The plane has a step for every `1 << columnShift` columns of the picture, rounded up.
        public var columnShift: Int
        /// The plane has a row for every `1 << rowShift` rows of the picture, rounded up.
        public var rowShift: Int

        init(_ bitsPerStep: Int, columnShift: Int = 0, rowShift: Int = 0) {
            self.bitsPerStep = bitsPerStep
            self.columnShift = columnShift
            self.rowShift = rowShift
        }
    }

    /// The planes; the table of a palette is not among them.
    public var planes: [Plane]
    /// Components of a sample, alpha included.
    public var componentCount: Int
    /// Significant bits of the widest component.
    public var bitsPerComponent: Int
    /// What is special.
    public var flags: Flags

    /// Bytes of the table of a palette: 256 colours of 32 bits.
    static let paletteByteCount: UInt32 = 1024

    /// The planes of a picture of `width` by `height`: tight rows, one plane behind the other, as
    /// FFmpeg's `av_image_copy_to_buffer` with an alignment of 1 lays them out. The table of a
    /// palette is the last plane.
    public func planes(width: UInt32, height: UInt32) -> [PlaneLayout] {
        var layouts: [PlaneLayout] = []
        var offset: UInt64 = 0
        for plane in planes {
            let steps = Self.shift(width, by: plane.columnShift)
            let layout = PlaneLayout(
                offset: offset,
                rowByteCount: UInt32((steps * UInt64(plane.bitsPerStep) + 7) / 8),
                rowCount: UInt32(Self.shift(height, by: plane.rowShift))
            )
            layouts.append(layout)
            offset += layout.byteCount
        }
        if flags.contains(.palette) {
            layouts.append(
                PlaneLayout(offset: offset, rowByteCount: Self.paletteByteCount, rowCount: 1)
            )
        }
        return layouts
    }

    /// The bytes of a picture of `width` by `height`.
    public func payloadByteCount(width: UInt32, height: UInt32) -> UInt64 {
        planes(width: width, height: height).reduce(0) { $0 + $1.byteCount }
    }

    /// `length` divided by a power of two, rounded up.
    private static func shift(_ length: UInt32, by shift: Int) -> UInt64 {
        (UInt64(length) + (1 << shift) - 1) >> shift
    }
}

extension PixelFormat {
    /// How the samples lie in memory.
    ///
    /// `nil` for a format that is not in the registry: those of floating-point samples, whose
    /// values have no agreed range, and those of graphics processors, which have no bytes.
    public var layout: PixelLayout? { PixelRegistry.layouts[name] }
}
