import FFmpeg
import Foundation
import Glibc
import TestSupport
import Testing

/// Under AddressSanitizer with leak detection these find what is freed twice or never.
@Suite(.serialized)
struct OwnershipTests {
    /// The bytes of memory that the process has (proc(5), statm).
    private static func resident() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            .split(separator: " ")[1]
        return try #require(Int(pages)) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static let (width, height) = (960, 540)
    private static let rounds = 600

    /// Growth that is no leak, in bytes: what tests that run at the same time hold, and the freed
    /// memory that AddressSanitizer keeps. A picture that leaks every round makes 466 MB.
    private static let tolerance = 320 << 20

    @Test("opening, decoding a part and closing leaves nothing behind")
    func decoding() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mp4").path
            let clip = Clip(encoderName: "libx264", width: Self.width, height: Self.height)
            try clip.write(to: path)
            try Self.expectNoGrowth { try Self.decodeOne(path) }
        }
    }

    private static func decodeOne(_ path: String) throws {
        var demuxer = try Demuxer(.file(path))
        let stream = try #require(demuxer.streams.first)
        var decoder = try Decoder(stream.parameters, .init(threadCount: 1))
        var packet = try Packet()
        var picture = try Picture()
        while try demuxer.read(into: &packet) == .packet {
            _ = try decoder.send(packet)
            if try decoder.receive(into: &picture) == .picture { return }
        }
    }

    @Test("what fails halfway frees what it had")
    func failures() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.avi").path
            try Clip().write(to: path)
            try Self.expectNoGrowth {
                #expect(throws: FFmpegError.self) {
                    _ = try Demuxer(.file(path), options: ["nonsense": "1"])
                }
                #expect(throws: FFmpegError.self) { _ = try Demuxer(.file("/dev/null")) }
                #expect(throws: FFmpegError.self) {
                    _ = try Picture(width: Self.width, height: Self.height, pixelFormat: "vaapi")
                }
                var parameters = CodecParameters(
                    codecName: "h264",
                    width: Self.width,
                    height: Self.height
                )
                parameters.extradata = [UInt8](repeating: 1, count: 800_000)
                #expect(throws: FFmpegError.self) {
                    _ = try Decoder(parameters, .init(options: ["nonsense": "1"]))
                }
            }
        }
    }

    @Test("a muxer that is not finished frees what it had")
    func unfinished() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            try Self.expectNoGrowth {
                var muxer = try Muxer(path: path)
                var encoder = try Encoder(
                    Encoder.Configuration(
                        encoderName: "rawvideo",
                        width: Self.width,
                        height: Self.height,
                        pixelFormat: "yuv420p",
                        timeBase: Clip.timeBase
                    )
                )
                let stream = try muxer.addStream(encoder.parameters())
                try muxer.writeHeader()
                let picture = try Picture(
                    width: Self.width,
                    height: Self.height,
                    pixelFormat: "yuv420p"
                )
                _ = try encoder.send(picture)
                var packet = try Packet()
                guard try encoder.receive(into: &packet) == .packet else { return }
                packet.streamIndex = stream
                try muxer.write(&packet)
            }
        }
    }

    private static func expectNoGrowth(_ round: () throws -> Void) throws {
        for _ in 0..<10 { try round() }
        let before = try resident()
        for _ in 0..<rounds { try round() }
        let growth = try resident() - before
        #expect(growth < tolerance, "grew by \(growth) bytes")
    }
}
