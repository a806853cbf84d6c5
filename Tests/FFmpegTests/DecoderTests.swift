import Buffers
import Digests
import FFmpeg
import Foundation
import TestSupport
import Testing

@Suite
struct DecoderTests {
    static let encoders: [(name: String, format: String, ending: String)] = [
        ("mpeg4", "yuv420p", "avi"), ("mpeg4", "yuv420p", "mp4"), ("ffv1", "yuv420p10le", "mkv"),
        ("ffv1", "bgra", "mkv"), ("libx264", "yuv420p", "mp4"), ("libx264", "yuv422p10le", "mkv"),
        ("mjpeg", "yuvj420p", "avi"), ("png", "rgb24", "mov"), ("rawvideo", "yuv420p", "avi"),
        ("huffyuv", "yuv422p", "avi"), ("mpeg2video", "yuv420p", "ts"),
    ]

    @Test("what was encoded decodes as the ffmpeg command decodes it", arguments: encoders)
    func decodes(encoder: (name: String, format: String, ending: String)) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.\(encoder.ending)").path
            let clip = Clip(encoderName: encoder.name, pixelFormat: encoder.format)
            try clip.write(to: path)
            let decoding = try Decoding(.file(path))
            #expect(decoding.count == clip.pictureCount)
            #expect(decoding.errorCount == 0 && decoding.corruptCount == 0)
            #expect(try decoding.digest == ToolRunner.decodedDigest(of: path))
            #expect(
                try decoding.timestamps.map { $0.map(String.init) ?? "N/A" }
                    == ToolRunner.pictures(of: path, field: "pts")
            )
            #expect(
                try decoding.bestEffortTimestamps.map { $0.map(String.init) ?? "N/A" }
                    == ToolRunner.pictures(of: path, field: "best_effort_timestamp")
            )
            let (packets, parameters) = try StoredPacket.all(in: .file(path))
            let stored = try Decoding(packets, parameters)
            #expect(stored.digest == decoding.digest)
            #expect(stored.bestEffortTimestamps == decoding.bestEffortTimestamps)
        }
    }

    @Test("a lossless codec gives back the picture bit by bit")
    func lossless() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            let clip = Clip(encoderName: "ffv1", pixelFormat: "yuv444p", width: 33, height: 17)
            try clip.write(to: path)
            var hash = SHA256()
            for index in 0..<clip.pictureCount {
                let bytes = try Clip.picture(
                    width: 33,
                    height: 17,
                    pixelFormat: "yuv444p",
                    index: index
                ).tightBytes()
                hash.update(bytes.rawSpan)
            }
            #expect(try Decoding(.file(path)).digest == hash.finish().hex)
        }
    }

    @Test(
        "a picture above the limit is refused with a code of its own",
        arguments: [1, 2],
        [false, true]
    )
    func limit(threadCount: Int, hidesSize: Bool) async throws {
        try await withTemporaryDirectory { folder in
            // The packets of ffv1 do not tell the size.
            let ownSize = ["libx264", "mpeg4", "mjpeg", "png"]
            for encoder in hidesSize ? ownSize : ownSize + ["ffv1"] {
                let path = folder.appendingPathComponent("\(encoder).mkv").path
                var clip = Clip(encoderName: encoder)
                clip.pixelFormat = try #require(Encoder.pixelFormats(of: encoder).first)
                try clip.write(to: path)
                var (packets, parameters) = try StoredPacket.all(in: .file(path))
                if hidesSize { (parameters.width, parameters.height) = (0, 0) }
                let small = Decoder.Configuration(
                    threadCount: threadCount,
                    maximumPixelCount: 96 * 64 - 1
                )
                let error = try #require(throws: FFmpegError.self, "\(encoder)") {
                    _ = try Decoding(packets, parameters, small)
                }
                #expect(error.code == .tooManyPixels, "\(encoder)")
                let enough = Decoder.Configuration(
                    threadCount: threadCount,
                    maximumPixelCount: 512 * 256
                )
                #expect(try Decoding(packets, parameters, enough).count == clip.pictureCount)
            }
        }
    }

    @Test("after a flush the decoder starts afresh")
    func flush() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mp4").path
            try Clip(encoderName: "libx264").write(to: path)
            let (packets, parameters) = try StoredPacket.all(in: .file(path))
            var decoder = try Decoder(parameters, .init(threadCount: 1))
            var picture = try Picture()
            var packet = try Packet()
            var counts: [Int] = []
            for _ in 0..<3 {
                var count = 0
                for stored in packets {
                    try stored.fill(&packet)
                    let acceptance = try decoder.send(packet)
                    #expect(acceptance == .accepted)
                    while try decoder.receive(into: &picture) == .picture { count += 1 }
                }
                try decoder.finish()
                while try decoder.receive(into: &picture) == .picture { count += 1 }
                let output = try decoder.receive(into: &picture)
                #expect(output == .endOfStream)
                try decoder.finish()
                decoder.flush()
                counts.append(count)
            }
            #expect(counts == [12, 12, 12])
        }
    }

    @Test("a codec, an option or a pixel format that nobody knows is named")
    func unknown() throws {
        let codec = try #require(throws: FFmpegError.self) {
            _ = try Decoder(CodecParameters(codecName: "nonsense"))
        }
        #expect(codec.code == .decoderNotFound && codec.subject == "nonsense")
        let option = try #require(throws: FFmpegError.self) {
            _ = try Decoder(
                CodecParameters(codecName: "h264"),
                .init(options: ["nonsense": "1"])
            )
        }
        #expect(option.code == .optionNotFound && option.subject == "nonsense")
        var parameters = CodecParameters(codecName: "rawvideo")
        parameters.pixelFormat = "nonsense"
        let format = try #require(throws: FFmpegError.self) { _ = try Decoder(parameters) }
        #expect(format.code == .invalidArgument && format.subject == "nonsense")
    }

    @Test("nonsense is an error, and the decoder goes on with what is sound")
    func garbage() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            try Clip(encoderName: "png", pixelFormat: "rgb24").write(to: path)
            var (packets, parameters) = try StoredPacket.all(in: .file(path))
            packets[5].bytes = []
            packets[6].bytes = [UInt8](repeating: 0xA5, count: 40)
            let decoding = try Decoding(packets, parameters)
            #expect(decoding.count == 10)
            #expect(decoding.errorCount == 1)
        }
    }
}
