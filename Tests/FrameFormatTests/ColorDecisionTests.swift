import FrameFormat
import Testing

@Suite("ColorDecision")
struct ColorDecisionTests {
    /// A header, as far as colours go.
    private static func header(
        _ format: String,
        height: UInt32 = 1080,
        matrix: UInt8 = 2,
        primaries: UInt8 = 2,
        range: UInt8 = 0
    ) -> FrameHeader {
        var header = FrameHeader(
            codec: .raw,
            width: height,
            height: height,
            pixelFormat: PixelFormat(name: format)
        )
        header.color.matrix = .init(matrix, provenance: .bitstream)
        header.color.primaries = .init(primaries, provenance: .bitstream)
        header.color.range = .init(range, provenance: .bitstream)
        return header
    }

    @Test("what is stated stays, whatever the size")
    func stated() {
        let decision = ColorDecision(Self.header("yuv420p", matrix: 9, primaries: 9, range: 2))
        #expect(decision.matrix == 9 && decision.primaries == 9 && decision.isFullRange)
        #expect(decision.assumed == [.transfer, .chromaLocation])
    }

    @Test(
        "a matrix that nobody states follows from the primaries, then from the size",
        arguments: [
            (UInt32(1080), UInt8(2), UInt8(1)), (720, 2, 1), (719, 2, 6), (480, 2, 6),
            (480, 1, 1), (1080, 6, 6), (1080, 9, 9), (480, 9, 9),
        ]
    )
    func matrix(height: UInt32, primaries: UInt8, matrix: UInt8) {
        let decision = ColorDecision(Self.header("yuv420p", height: height, primaries: primaries))
        #expect(decision.matrix == matrix)
        #expect(decision.assumed.contains(.matrix))
    }

    @Test(
        "a range that nobody states follows from the pixel format",
        arguments: [
            ("yuv420p", false), ("yuv444p10le", false), ("yuvj420p", true), ("rgb24", true),
            ("gray", true), ("pal8", true), ("monob", true),
        ]
    )
    func range(format: String, isFull: Bool) {
        #expect(ColorDecision(Self.header(format)).isFullRange == isFull)
    }

    @Test("red, green and blue have no other matrix, even where one is left over")
    func leftover() {
        #expect(ColorDecision(Self.header("gbrp", matrix: 1)).matrix == 0)
        #expect(ColorDecision(Self.header("yuv420p", matrix: 0)).matrix == 1)
    }

    @Test("ICtCp is HDR")
    func constantIntensity() {
        #expect(ColorDecision(Self.header("yuv420p10le", matrix: 14)).isHighDynamicRange)
    }
}
