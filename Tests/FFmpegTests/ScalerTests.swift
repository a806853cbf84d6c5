import Buffers
import FFmpeg
import Foundation
import TestSupport
import Testing

@Suite
struct ScalerTests {
    @Test(
        "every format that libswscale writes is copied as rawvideo has it",
        arguments: [(37, 23), (64, 48), (1, 1)]
    )
    func copiesTight(width: Int, height: Int) throws {
        let source = try Clip.picture(width: 48, height: 32, pixelFormat: "yuv420p")
        let side = Scaler.Side(width: 48, height: 32, pixelFormat: "yuv420p")
        var checked = 0
        for format in PixelFormatDescription.allNames {
            let target = Scaler.Side(width: width, height: height, pixelFormat: format)
            // It throws for the formats that libswscale does not write.
            guard var scaler = try? Scaler(from: side, to: target) else { continue }
            var picture = try Picture()
            try scaler.scale(from: source, into: &picture)
            let bytes = try picture.tightBytes()
            #expect(try bytes == Self.rawvideo(picture, target), "\(format)")
            var again = try Picture(width: width, height: height, pixelFormat: format)
            try again.fillTight(from: bytes.rawSpan)
            let copied = try again.tightBytes()
            #expect(copied == bytes, "\(format)")
            checked += 1
        }
        #expect(checked > 100)
    }

    /// FFmpeg's encoder of raw video calls av_image_copy_to_buffer.
    private static func rawvideo(
        _ picture: borrowing Picture,
        _ side: Scaler.Side
    ) throws -> [UInt8] {
        var encoder = try Encoder(
            Encoder.Configuration(
                encoderName: "rawvideo",
                width: side.width,
                height: side.height,
                pixelFormat: side.pixelFormat,
                timeBase: Clip.timeBase
            )
        )
        let acceptance = try encoder.send(picture)
        #expect(acceptance == .accepted)
        var packet = try Packet()
        let output = try encoder.receive(into: &packet)
        #expect(output == .packet)
        return StoredPacket(packet).bytes
    }

    @Test("a palette lies behind the pixels")
    func palette() throws {
        let picture = try Clip.picture(width: 7, height: 3, pixelFormat: "pal8")
        let bytes = try picture.tightBytes()
        #expect(bytes.count == 7 * 3 + 1024)
        #expect(bytes[21...].contains { $0 != 0 })
        let side = Scaler.Side(width: 7, height: 3, pixelFormat: "pal8")
        #expect(try bytes == Self.rawvideo(picture, side))
    }

    @Test(
        "sizes and formats change as in the ffmpeg command",
        arguments: ["yuv420p", "rgb24", "yuv444p10le", "gray", "bgra", "nv12"],
        [(96, 64), (50, 30)]
    )
    func scales(format: String, size: (Int, Int)) async throws {
        try await withTemporaryDirectory { folder in
            let picture = try Clip.picture(width: 96, height: 64, pixelFormat: "yuv420p")
            let raw = folder.appendingPathComponent("picture.raw").path
            try Data(picture.tightBytes()).write(to: URL(fileURLWithPath: raw))
            let flags = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
            let expected = try ToolRunner.run(
                "ffmpeg",
                [
                    "-v", "quiet", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "96x64",
                    "-i", raw, "-vf", "scale=\(size.0):\(size.1):flags=\(flags),format=\(format)",
                    "-f", "rawvideo", "-",
                ]
            )
            var scaler = try Scaler(
                from: .init(width: 96, height: 64, pixelFormat: "yuv420p"),
                to: .init(width: size.0, height: size.1, pixelFormat: format)
            )
            var result = try Picture()
            for _ in 0..<2 {
                try scaler.scale(from: picture, into: &result)
                #expect(try Data(result.tightBytes()) == expected)
            }
        }
    }

    @Test("matrix and range decide the colours")
    func colors() throws {
        var picture = try Picture(width: 2, height: 2, pixelFormat: "yuv444p")
        let red: [UInt8] = [81, 81, 81, 81, 90, 90, 90, 90, 240, 240, 240, 240]
        try picture.fillTight(from: red.rawSpan)
        func converted(_ color: ColorValues) throws -> [UInt8] {
            var scaler = try Scaler(
                from: .init(width: 2, height: 2, pixelFormat: "yuv444p", color: color),
                to: .init(width: 2, height: 2, pixelFormat: "rgb24")
            )
            var result = try Picture()
            try scaler.scale(from: picture, into: &result)
            return Array(try result.tightBytes().prefix(3))
        }
        let limited = try converted(ColorValues(range: 1, matrix: 5))
        #expect(
            limited[0] >= 253 && limited[1] <= 2 && limited[2] <= 2,
            "pure red in BT.601, not \(limited)"
        )
        #expect(try converted(ColorValues(range: 1, matrix: 1)) != limited)
        #expect(try converted(ColorValues(range: 2, matrix: 5)) != limited)
        #expect(try converted(ColorValues()) == limited)
    }

    @Test("a picture that is not what the scaler was made for is refused")
    func mismatch() throws {
        let picture = try Clip.picture(width: 8, height: 8, pixelFormat: "yuv420p")
        var scaler = try Scaler(
            from: .init(width: 16, height: 8, pixelFormat: "yuv420p"),
            to: .init(width: 16, height: 8, pixelFormat: "rgb24")
        )
        var result = try Picture()
        #expect(throws: FFmpegError.self) { try scaler.scale(from: picture, into: &result) }
        #expect(throws: FFmpegError.self) {
            _ = try Scaler(
                from: .init(width: 0, height: 8, pixelFormat: "yuv420p"),
                to: .init(width: 16, height: 8, pixelFormat: "rgb24")
            )
        }
    }

    @Test("an empty picture has no bytes")
    func empty() throws {
        let empty = try Picture()
        #expect(throws: FFmpegError.self) { try empty.tightByteCount() }
        #expect(throws: FFmpegError.self) { try empty.tightBytes() }
    }
}
