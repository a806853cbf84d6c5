internal import FFmpeg
internal import FrameFormat

// FFmpeg's values as those of the frame format, and back. Signed and zero parts mean "unknown" in
// FFmpeg; the format has no value for that, and leaves the field out.

extension Fraction {
    var rational: Rational? {
        guard numerator > 0, denominator > 0 else { return nil }
        return Rational(UInt32(numerator), UInt32(denominator))
    }
}

extension Rational {
    /// Whether both are the same number: 2/2 is 1/1.
    func isEqual(to other: Rational) -> Bool {
        UInt64(numerator) * UInt64(other.denominator)
            == UInt64(other.numerator) * UInt64(denominator)
    }

    var fraction: Fraction {
        Fraction(Int32(clamping: numerator), Int32(clamping: denominator))
    }
}

extension StampedTime {
    /// A time in ticks of `timeBase`; `nil` when either is unknown.
    init?(_ ticks: Int64?, in timeBase: Rational?, provenance: Provenance) {
        guard let ticks, let timeBase else { return nil }
        self.init(MediaTime(value: ticks, timeBase: timeBase), provenance: provenance)
    }
}

extension FFmpeg.ColorValues {
    /// Says for each property who stated it: the container when it states the very same, the
    /// bitstream otherwise.
    func description(statedByContainer container: FFmpeg.ColorValues?) -> ColorDescription {
        func property(
            _ path: KeyPath<FFmpeg.ColorValues, UInt32>,
            unspecified: UInt32
        ) -> ColorDescription.Property {
            let value = self[keyPath: path]
            guard value != unspecified, let codePoint = UInt8(exactly: value) else {
                return ColorDescription.Property(UInt8(unspecified), provenance: .unspecified)
            }
            let isContainers = container?[keyPath: path] == value
            return ColorDescription.Property(
                codePoint,
                provenance: isContainers ? .container : .bitstream
            )
        }
        return ColorDescription(
            range: property(\.range, unspecified: 0),
            primaries: property(\.primaries, unspecified: 2),
            transfer: property(\.transfer, unspecified: 2),
            matrix: property(\.matrix, unspecified: 2),
            chromaLocation: property(\.chromaLocation, unspecified: 0)
        )
    }
}

extension ColorDescription {
    var values: FFmpeg.ColorValues {
        FFmpeg.ColorValues(
            range: UInt32(range.codePoint),
            primaries: UInt32(primaries.codePoint),
            transfer: UInt32(transfer.codePoint),
            matrix: UInt32(matrix.codePoint),
            chromaLocation: UInt32(chromaLocation.codePoint)
        )
    }
}

extension FieldOrder {
    /// Reads FFmpeg's `AVFieldOrder`, whose first letter is the field that is shown first: so its
    /// decoders and the `ffmpeg` command use it, whatever the comments in its header say.
    init(mediaOrder: UInt32) {
        switch mediaOrder {
        case 1: self = .progressive
        case 2, 4: self = .topFirst
        case 3, 5: self = .bottomFirst
        default: self = .unknown
        }
    }

    /// As FFmpeg's `AVFieldOrder`, coded in the order of showing.
    var mediaOrder: UInt32 {
        switch self {
        case .unknown: 0
        case .progressive: 1
        case .topFirst: 2
        case .bottomFirst: 3
        }
    }
}
