import Buffers
import FrameFormat
import TestSupport
import Testing

@testable import Images

/// Pictures of 8-bit 4:2:0 as planes of a JPEG, against the same computed pixel by pixel, by way of
/// R'G'B', in double precision.
@Suite("JPEGColorKernel")
struct JPEGColorKernelTests {
    /// What a picture's numbers mean, and its size.
    struct Case: CustomTestStringConvertible {
        var matrix: UInt8
        var isFullRange: Bool
        var chromaLocation: UInt8
        var width: Int
        var height: Int

        var testDescription: String {
            "matrix \(matrix), \(isFullRange ? "full" : "limited"), location \(chromaLocation), "
                + "\(width)x\(height)"
        }
    }

    /// Sizes around those of vectors and rows, and pictures of hardly any.
    private static let sizes = [(1, 1), (2, 2), (3, 5), (33, 2), (62, 31), (64, 33), (131, 18)]
    /// FCC, BT.601 as both name it, BT.709, SMPTE 240M and BT.2020.
    private static let matrices: [UInt8] = [1, 4, 5, 6, 7, 9]

    private static let cases: [Case] = matrices.flatMap { matrix in
        (1...6).flatMap { location in
            [false, true].flatMap { isFull in
                sizes.map { (width, height) in
                    Case(
                        matrix: matrix,
                        isFullRange: isFull,
                        chromaLocation: location,
                        width: width,
                        height: height
                    )
                }
            }
        }
    }

    /// What rounding leaves, and what 22 bits of fraction do not hold.
    private static let errorMaximum = 0.501

    @Test("noise of all values is converted exactly, up to the edges", arguments: cases)
    func noise(_ wanted: Case) throws {
        let seed = UInt64(wanted.matrix) * 1000 + UInt64(wanted.width)
        var random = SeededGenerator(seed: seed)
        let picture = Planes420(width: wanted.width, height: wanted.height) { _, _, _ in
            // The ends of the range are where something could overflow.
            [0, 255, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
        }
        let made = try Self.convert(picture, wanted)
        let exact = ExactJPEG(picture, wanted)
        var worst = 0.0
        for index in 0..<3 {
            for y in 0..<made[index].height {
                for x in 0..<made[index].width {
                    let error = Double(made[index][x, y]) - exact.value(index, x, y)
                    worst = max(worst, abs(error))
                }
            }
        }
        #expect(worst <= Self.errorMaximum)
    }

    @Test("flat patches of many colours are rounded right", arguments: matrices)
    func flat(matrix: UInt8) throws {
        var random = SeededGenerator(seed: UInt64(matrix))
        for number in 0..<2000 {
            let values = (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) }
            let wanted = Case(
                matrix: matrix,
                isFullRange: number % 2 == 0,
                chromaLocation: UInt8(1 + number % 6),
                width: 17,
                height: 3
            )
            let picture = Planes420(width: 17, height: 3) { index, _, _ in values[index] }
            let made = try Self.convert(picture, wanted)
            let exact = ExactJPEG(picture, wanted)
            for index in 0..<3 {
                let expected = exact.value(index, 0, 0)
                let found = Set(made[index].values)
                #expect(found.count == 1, "\(values), plane \(index)")
                #expect(
                    found.allSatisfy { abs(Double($0) - expected) <= Self.errorMaximum },
                    "\(values), plane \(index): \(found), and not \(expected)"
                )
            }
        }
    }

    @Test("black, white and gray are what JPEG means by them", arguments: matrices)
    func gray(matrix: UInt8) throws {
        for (luma, isFull, expected) in [(16, false, 0), (235, false, 255), (77, true, 77)] {
            let wanted = Case(
                matrix: matrix,
                isFullRange: isFull,
                chromaLocation: 1,
                width: 70,
                height: 6
            )
            let picture = Planes420(width: 70, height: 6) { index, _, _ in
                index == 0 ? UInt8(luma) : 128
            }
            let made = try Self.convert(picture, wanted)
            #expect(made.map { Set($0.values) } == [[UInt8(expected)], [128], [128]])
        }
    }

    @Test("a picture that is as JPEG has it stays as it is")
    func unchanged() throws {
        var random = SeededGenerator(seed: 1)
        let picture = Planes420(width: 100, height: 34) { _, _, _ in
            UInt8.random(in: 0...255, using: &random)
        }
        let wanted = Case(
            matrix: 6,
            isFullRange: true,
            chromaLocation: 2,
            width: 100,
            height: 34
        )
        #expect(try Self.convert(picture, wanted).map(\.values) == picture.planes.map(\.values))
    }

    @Test("other depths, other subsampling, alpha and unknown matrices are left to zimg")
    func refusals() throws {
        let format = ZimgGraph.Format(
            width: 64,
            height: 64,
            family: .yuv,
            sample: .byte,
            depth: 8,
            columnShift: 1,
            rowShift: 1,
            isFullRange: false,
            matrix: 1,
            primaries: 1,
            transfer: 1,
            chromaLocation: 1
        )
        #expect(JPEGColorKernel(from: format) != nil)
        let changes: [(inout ZimgGraph.Format) -> Void] = [
            { ($0.sample, $0.depth) = (.word, 10) }, { $0.rowShift = 0 }, { $0.columnShift = 0 },
            { $0.hasAlpha = true }, { $0.matrix = 10 }, { $0.matrix = 14 }, { $0.matrix = 2 },
            { $0.chromaLocation = 0 }, { $0.chromaLocation = 7 }, { $0.family = .rgb },
            { $0.width = 63 }, { $0.height = 63 },
        ]
        for (number, change) in changes.enumerated() {
            var changed = format
            change(&changed)
            #expect(JPEGColorKernel(from: changed) == nil, "change \(number)")
        }
    }

    private static let pool = BufferPool()

    /// The visible planes that a converter makes of a picture.
    private static func convert(_ picture: Planes420, _ wanted: Case) throws -> [Samples] {
        let (width, height) = (UInt32(wanted.width), UInt32(wanted.height))
        let name = PixelFormat(name: "yuv420p")
        var header = FrameHeader(codec: .raw, width: width, height: height, pixelFormat: name)
        header.planes = try #require(name?.layout?.planes(width: width, height: height))
        header.color.matrix = .init(wanted.matrix, provenance: .bitstream)
        header.color.range = .init(wanted.isFullRange ? 2 : 1, provenance: .bitstream)
        header.color.chromaLocation = .init(wanted.chromaLocation, provenance: .bitstream)
        let bytes = picture.planes.flatMap(\.values)
        let payload = pool.makeBuffer(copying: bytes.rawSpan)
        let layout = SampleLayout(
            components: (0..<3).map { .init(plane: $0, step: 1, offset: 0, shift: 0, depth: 8) },
            columnShift: 1,
            rowShift: 1
        )
        let made = try PictureConverter(.init()).jpegPlanes(
            of: RawPicture(
                Frame(header: header, payload: payload),
                layout: layout,
                color: ColorDecision(header)
            )
        )
        return try #require(made).planes.map(Samples.init)
    }
}
