/// Where the components of a raw picture stand in its planes, as FFmpeg's `AVPixFmtDescriptor` says
/// it.
public struct SampleLayout: Hashable, Sendable {
    /// One component.
    public struct Component: Hashable, Sendable {
        /// The number of its plane.
        public var plane: Int
        /// From one value to the next: bytes, or bits where the layout is one of bits.
        public var step: Int
        /// The place of the first value, in the same unit.
        public var offset: Int
        /// How far a value is to be shifted right.
        public var shift: Int
        /// Bits of a value.
        public var depth: Int

        /// Joins its parts.
        public init(plane: Int, step: Int, offset: Int, shift: Int, depth: Int) {
            self.plane = plane
            self.step = step
            self.offset = offset
            self.shift = shift
            self.depth = depth
        }
    }

    /// Red, green and blue; luma and two chroma; or luma alone; then alpha.
    public var components: [Component]
    /// Chroma has a value for every `1 << columnShift` columns, rounded up.
    public var columnShift: Int
    /// Chroma has a value for every `1 << rowShift` rows, rounded up.
    public var rowShift: Int
    /// Whether the last component is alpha.
    public var hasAlpha: Bool
    /// Whether values of more than a byte begin with the highest byte.
    public var isBigEndian: Bool
    /// Whether steps and offsets are bits.
    public var isBitstream: Bool
    /// Whether the one component is the number of a colour in the second plane.
    public var hasPalette: Bool
    /// Whether 0 is white.
    public var isInverted: Bool

    /// Makes a layout without anything special.
    public init(components: [Component], columnShift: Int = 0, rowShift: Int = 0) {
        self.components = components
        self.columnShift = columnShift
        self.rowShift = rowShift
        hasAlpha = false
        isBigEndian = false
        isBitstream = false
        hasPalette = false
        isInverted = false
    }

    /// Components without alpha.
    var colorCount: Int { components.count - (hasAlpha ? 1 : 0) }

    /// Bits of all values once they are unpacked: as they are, if all components have as many and
    /// at least 8; else they are stretched to 8.
    var unpackedDepth: Int {
        guard let depth = components.first?.depth, !hasPalette, depth >= 8,
            components.allSatisfy({ $0.depth == depth })
        else { return 8 }
        return depth
    }
}
