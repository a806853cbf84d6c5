/// What the numbers of a picture mean as colours: code points of ITU-T H.273, as FFmpeg uses them.
public struct ColorDescription: Hashable, Sendable {
    /// One code point and who said it.
    public struct Property: Hashable, Sendable {
        /// The code point.
        public var codePoint: UInt8
        /// Who said it.
        public var provenance: Provenance

        /// Joins a code point with who said it.
        public init(_ codePoint: UInt8, provenance: Provenance) {
            self.codePoint = codePoint
            self.provenance = provenance
        }
    }

    /// 0 unspecified, 1 limited ("tv"), 2 full ("pc"): FFmpeg's `AVColorRange`.
    public var range: Property
    /// H.273 section 8.1; 2 is unspecified.
    public var primaries: Property
    /// H.273 section 8.2; 2 is unspecified.
    public var transfer: Property
    /// H.273 section 8.3; 2 is unspecified.
    public var matrix: Property
    /// 0 unspecified, 1 left, 2 center, 3 top left, 4 top, 5 bottom left, 6 bottom:
    /// `AVChromaLocation`.
    public var chromaLocation: Property

    /// Makes a description from its five properties.
    public init(
        range: Property,
        primaries: Property,
        transfer: Property,
        matrix: Property,
        chromaLocation: Property
    ) {
        self.range = range
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.chromaLocation = chromaLocation
    }

    /// Nothing is known.
    public static let unspecified = ColorDescription(
        range: Property(0, provenance: .unspecified),
        primaries: Property(2, provenance: .unspecified),
        transfer: Property(2, provenance: .unspecified),
        matrix: Property(2, provenance: .unspecified),
        chromaLocation: Property(0, provenance: .unspecified)
    )
}
