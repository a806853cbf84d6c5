import Foundation
import FrameFormat
import Testing

/// Compares the registry with a list that libavutil itself made.
@Suite("PixelLayout")
struct PixelLayoutTests {
    private static func lines(_ kind: String) throws -> [[Substring]] {
        let folder = try #require(Bundle.module.resourceURL)
        let text = try String(
            contentsOf: folder.appendingPathComponent("Fixtures/pixel-formats.txt"),
            encoding: .utf8
        )
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        return lines.filter { $0.first == kind[...] }.map { Array($0.dropFirst()) }
    }

    @Test("every integer format of FFmpeg is registered, with its components, bits and flags")
    func descriptors() throws {
        let lines = try Self.lines("format")
        #expect(lines.count == 186)
        for line in lines {
            let layout = try #require(PixelFormat(name: String(line[0]))?.layout, "\(line[0])")
            let numbers = try line.dropFirst().map { try #require(Int($0)) }
            #expect(
                layout.planes(width: 2, height: 2).count == numbers[0],
                "\(line[0])"
            )
            #expect(layout.componentCount == numbers[1], "\(line[0])")
            #expect(layout.bitsPerComponent == numbers[2], "\(line[0])")
            #expect(Int(layout.flags.rawValue) == numbers[3], "\(line[0])")
        }
    }

    @Test("sizes, offsets and rows are those of FFmpeg, for odd pictures too")
    func sizes() throws {
        let lines = try Self.lines("size")
        #expect(lines.count == 186 * 9)
        for line in lines {
            let layout = try #require(PixelFormat(name: String(line[0]))?.layout)
            let width = try #require(UInt32(line[1]))
            let height = try #require(UInt32(line[2]))
            let planes = layout.planes(width: width, height: height)
            #expect(
                "\(layout.payloadByteCount(width: width, height: height))" == line[3],
                "\(line)"
            )
            // FFmpeg gives the table of a palette no length of row.
            let isPalette = layout.flags.contains(.palette)
            let shown = planes.enumerated().map { number, plane in
                "\(plane.offset):\(isPalette && number == 1 ? 0 : plane.rowByteCount)"
            }
            #expect(shown == line.dropFirst(4).map(String.init), "\(line)")
        }
    }

    @Test(
        "formats of floating-point samples and unknown ones are not registered",
        arguments: ["grayf32le", "gbrpf32be", "gbrapf32le", "vaapi", "yuv420p11le"]
    )
    func refused(name: String) throws {
        #expect(try #require(PixelFormat(name: name)).layout == nil)
    }
}
