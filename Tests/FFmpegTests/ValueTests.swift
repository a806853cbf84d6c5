import FFmpeg
import Testing

@Suite
struct ValueTests {
    @Test("rescaling rounds to the nearest tick, halves away from zero")
    func rescales() {
        let milliseconds = Fraction(1, 1000)
        #expect(Fraction(1, 90_000).rescale(90_000, to: milliseconds) == 1000)
        #expect(Fraction(1, 2000).rescale(3, to: milliseconds) == 2)
        #expect(Fraction(1, 2000).rescale(-3, to: milliseconds) == -2)
        #expect(Fraction.microseconds.rescale(.max, to: milliseconds) == .max)
    }

    @Test("an error names its function, its subject and FFmpeg's text")
    func errorText() throws {
        let error = try #require(throws: FFmpegError.self) {
            _ = try Demuxer(.file("/nowhere/at-all.mp4"))
        }
        #expect(error.code == .noSuchFile)
        #expect(error.function == "avformat_open_input")
        #expect(error.text == "No such file or directory")
        #expect(
            "\(error)" == "avformat_open_input /nowhere/at-all.mp4: No such file or directory"
        )
    }

    @Test("a pixel format is described by its name")
    func pixelFormats() throws {
        let planar = try #require(PixelFormatDescription(name: "yuv420p10le"))
        #expect(planar.depth == 10)
        #expect(planar.componentCount == 3)
        #expect(!planar.isHardware && !planar.isFloat && !planar.hasPalette)
        #expect(planar.byteCount(width: 3, height: 3) == 2 * (9 + 4 + 4))
        #expect(PixelFormatDescription(name: "gbrpf32le")?.isFloat == true)
        #expect(PixelFormatDescription(name: "pal8")?.byteCount(width: 2, height: 2) == 4 + 1024)
        let hardware = try #require(PixelFormatDescription(name: "vaapi"))
        #expect(hardware.isHardware)
        #expect(hardware.byteCount(width: 2, height: 2) == nil)
        #expect(PixelFormatDescription(name: "nonsense") == nil)
        #expect(planar.byteCount(width: 0, height: 2) == nil)
        #expect(planar.byteCount(width: .max, height: .max) == nil)
    }

    @Test("every pixel format that FFmpeg lists can be described")
    func allPixelFormats() {
        let names = PixelFormatDescription.allNames
        #expect(names.count > 150)
        #expect(names.allSatisfy { PixelFormatDescription(name: $0)?.name == $0 })
    }

    @Test("a display matrix gives back the angle it was made of", arguments: [0.0, 90, -90, 180])
    func displayMatrix(degrees: Double) throws {
        let matrix = DisplayMatrix(rotation: degrees)
        let rotation = try #require(matrix.rotation)
        #expect(abs(abs(rotation) - abs(degrees)) < 0.01)
        #expect(DisplayMatrix(values: matrix.values) == matrix)
        #expect(DisplayMatrix(values: [1, 2]) == nil)
    }

    @Test("the libraries are those of one FFmpeg, 5 or later")
    func versions() throws {
        let release = try #require(Int(Library.version.prefix(while: \.isNumber)))
        #expect(release >= 5)
        // Each release since 5 has raised the versions of all libraries by one.
        #expect(Library.versions.map(\.major) == [52, 54, 54, 1].map { $0 + release })
        #expect(!Library.license.isEmpty && !Library.configuration.isEmpty)
        #expect(Library.videoDecoderNames.contains("h264"))
        #expect(Library.videoEncoderNames.contains("png"))
    }
}
