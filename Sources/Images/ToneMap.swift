internal import Glibc

/// Brings light that a display of standard range cannot show into its range.
///
/// The curve is the EETF of ITU-R BT.2390 section 5.4.1, applied to the largest of red, green and
/// blue so that hues stay. White of the target is 203 cd/m², the reference white of BT.2408; the
/// peak of the source is the mastering display's, or 1000 cd/m² where nobody says it.
@safe
struct ToneMap {
    /// Light of white in the result, in cd/m² (BT.2408 section 2).
    static let whiteLuminance = 203.0
    /// Light of the brightest pixel where the stream does not say it, in cd/m².
    static let peakLuminanceDefault = 1000.0

    /// Bits of a positive Float that choose an entry of the table: exponent and eight more.
    private static let tableShift: UInt32 = 15
    private static let tableCount = 1 << 16

    /// What a pixel is multiplied with, by its largest linear component.
    private let factors: [Float]

    /// - Parameters:
    ///   - peakLuminance: The brightest light of the source in cd/m².
    ///   - unit: What the linear value 1 stands for, in cd/m².
    init(peakLuminance: Double, unit: Double) {
        let peak = Self.encoded(max(peakLuminance, Self.whiteLuminance))
        let top = Self.encoded(Self.whiteLuminance) / peak
        factors = (0..<Self.tableCount).map { index in
            let value = Float(bitPattern: UInt32(index) << Self.tableShift)
            guard value.isFinite, value > 0 else { return value.isNaN ? 0 : 1 }
            let light = Double(value) * unit
            let mapped = Self.decoded(Self.bent(Self.encoded(light) / peak, top: top) * peak)
            return Float(mapped / light * (unit / Self.whiteLuminance))
        }
    }

    /// The EETF on PQ values that are relative to the peak of the source.
    private static func bent(_ value: Double, top: Double) -> Double {
        let knee = 1.5 * top - 0.5
        guard value > knee, top < 1 else { return min(value, top) }
        let t = min((value - knee) / (1 - knee), 1)
        let (t2, t3) = (t * t, t * t * t)
        return (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee)
            + (-2 * t3 + 3 * t2) * top
    }

    /// PQ, SMPTE ST 2084: 0 to 1 for 0 to 10,000 cd/m².
    private static func encoded(_ light: Double) -> Double {
        let power = pow(max(light, 0) / 10000, 0.1593017578125)
        return pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375)
    }

    private static func decoded(_ value: Double) -> Double {
        let power = pow(max(value, 0), 1 / 78.84375)
        let ratio = max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        return 10000 * pow(ratio, 1 / 0.1593017578125)
    }

    /// Changes planes of linear red, green and blue in place; 1 is then white.
    func apply(to planes: [SamplePlane?]) {
        guard planes.count >= 3, let red = planes[0], let green = planes[1], let blue = planes[2]
        else { return }
        unsafe factors.withUnsafeBufferPointer { factors in
            for row in 0..<red.height {
                let r = unsafe red.row(row).assumingMemoryBound(to: Float.self)
                let g = unsafe green.row(row).assumingMemoryBound(to: Float.self)
                let b = unsafe blue.row(row).assumingMemoryBound(to: Float.self)
                for column in 0..<red.width {
                    let brightest = unsafe max(r[column], g[column], b[column], 0)
                    let bits = brightest.bitPattern
                    let index = min(Int(bits >> Self.tableShift), Self.tableCount - 2)
                    let part = Float(bits & ((1 << Self.tableShift) - 1))
                    let share = part / Float(UInt32(1) << Self.tableShift)
                    let factor = unsafe factors[index] * (1 - share) + factors[index + 1] * share
                    unsafe r[column] *= factor
                    unsafe g[column] *= factor
                    unsafe b[column] *= factor
                }
            }
        }
    }
}
