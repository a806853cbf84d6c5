import Buffers
import FrameFormat
import Images
import TestSupport
import Testing

@Suite("PictureConverter")
struct PictureConverterTests {
    private static let pool = BufferPool()

    /// A gray picture whose pixels count from 1.
    private static func counting(width: Int, height: Int) -> RawPicture {
        let bytes = (1...(width * height)).map { UInt8($0) }
        var header = FrameHeader(
            codec: .raw,
            width: UInt32(width),
            height: UInt32(height),
            pixelFormat: PixelFormat(name: "gray")
        )
        header.planes = [
            PlaneLayout(offset: 0, rowByteCount: UInt32(width), rowCount: UInt32(height))
        ]
        let frame = Frame(
            header: header,
            payload: pool.makeBuffer(copying: bytes.rawSpan)
        )
        let layout = SampleLayout(
            components: [.init(plane: 0, step: 1, offset: 0, shift: 0, depth: 8)]
        )
        return RawPicture(frame, layout: layout, color: ColorDecision(header))
    }

    @Test(
        "all eight ways to turn and mirror put each pixel where the display matrix says",
        arguments: [
            ([1, 0, 0, 1], [1, 2, 3, 4, 5, 6]), ([-1, 0, 0, 1], [3, 2, 1, 6, 5, 4]),
            ([1, 0, 0, -1], [4, 5, 6, 1, 2, 3]), ([-1, 0, 0, -1], [6, 5, 4, 3, 2, 1]),
            ([0, 1, -1, 0], [4, 1, 5, 2, 6, 3]), ([0, -1, 1, 0], [3, 6, 2, 5, 1, 4]),
            ([0, 1, 1, 0], [1, 4, 2, 5, 3, 6]), ([0, -1, -1, 0], [6, 3, 5, 2, 4, 1]),
        ] as [([Int32], [UInt8])]
    )
    func turning(parts: [Int32], expected: [UInt8]) throws {
        let one: Int32 = 1 << 16
        let matrix = DisplayMatrix(
            elements: [
                parts[0] * one, parts[1] * one, 0, parts[2] * one, parts[3] * one, 0, 0, 0, 1 << 30,
            ]
        )
        let orientation = try #require(Orientation(matrix))
        let pixels = try PictureConverter(.init()).pixels(of: Self.counting(width: 3, height: 2))
            .turned(orientation)
        #expect(pixels.bytes == expected)
        #expect(pixels.width == (orientation.isTransposed ? 2 : 3))
    }

    @Test("an angle between quarters is no orientation")
    func slanted() {
        let elements: [Int32] = [46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30]
        #expect(Orientation(DisplayMatrix(elements: elements)) == nil)
    }

    @Test("odd sides are read to their last row and no further", arguments: [62, 64])
    func oddHeight(width: Int) throws {
        // 4:2:0 with alpha, whose rows could be borrowed at a width of 64; alpha comes last.
        let height = 33
        let name = PixelFormat(name: "yuva420p")
        var header = FrameHeader(
            codec: .raw,
            width: UInt32(width),
            height: UInt32(height),
            pixelFormat: name
        )
        header.planes = try #require(
            name?.layout?.planes(width: UInt32(width), height: UInt32(height))
        )
        let byteCount = Int(header.planes.reduce(0) { $0 + $1.byteCount })
        let bytes = [UInt8](repeating: 128, count: byteCount)
        let frame = Frame(
            header: header,
            payload: Self.pool.makeBuffer(copying: bytes.rawSpan)
        )
        var layout = SampleLayout(
            components: (0..<4).map { .init(plane: $0, step: 1, offset: 0, shift: 0, depth: 8) },
            columnShift: 1,
            rowShift: 1
        )
        layout.hasAlpha = true
        let picture = RawPicture(frame, layout: layout, color: ColorDecision(header))
        var options = PictureConverter.Options()
        options.size = .init(width: 31, height: 17)
        let pixels = try PictureConverter(options).pixels(of: picture)
        // Limited gray of 128, alpha of 128, at every pixel up to the edges.
        #expect(
            pixels.bytes == Array(repeatElement([130, 130, 130, 128], count: 31 * 17).joined())
        )
    }
}
