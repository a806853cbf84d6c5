import FFmpeg
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite
struct DemuxerTests {
    @Test("a clip says what it is")
    func describes() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            var clip = Clip(encoderName: "ffv1", pixelFormat: "yuv422p10le")
            clip.options = ["level": "3"]
            clip.metadata = ["language": "fre", "title": "A title"]
            clip.color = ColorValues(range: 1, primaries: 9, transfer: 16, matrix: 9)
            try clip.write(to: path)
            let demuxer = try Demuxer(.file(path))
            let streams = demuxer.streams
            let stream = try #require(streams.first)
            #expect(streams.count == 1)
            #expect(stream.kind == .video)
            #expect(stream.parameters.codecName == "ffv1")
            #expect(stream.parameters.width == 96 && stream.parameters.height == 64)
            #expect(stream.parameters.pixelFormat == "yuv422p10le")
            #expect(!stream.parameters.extradata.isEmpty)
            #expect(stream.parameters.color.primaries == 9)
            #expect(stream.parameters.color.transfer == 16)
            #expect(stream.parameters.color.matrix == 9)
            #expect(stream.averageFrameRate == Fraction(25, 1))
            #expect(stream.timeBase == Fraction(1, 1000))
            #expect(stream.language == "fre")
            #expect(stream.title == "A title")
            let (format, seekable) = (demuxer.formatName, demuxer.isSeekable)
            #expect(format == "matroska,webm")
            #expect(seekable)
        }
    }

    @Test("a display matrix survives the container")
    func displayMatrix() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mp4").path
            var clip = Clip()
            clip.displayMatrix = DisplayMatrix(rotation: 90)
            try clip.write(to: path)
            let stream = try #require(Demuxer(.file(path)).streams.first)
            #expect(stream.displayMatrix?.values == clip.displayMatrix?.values)
            #expect(stream.frameCount == 12)
            let seen = try ToolRunner.lines(
                "ffprobe",
                [
                    "-v", "quiet", "-show_entries", "stream_side_data=rotation", "-of", "csv=p=0",
                    path,
                ]
            )
            let rotation = try #require(stream.displayMatrix?.rotation)
            #expect(seen == ["\(Int(rotation))"])
            #expect(seen == ["90"])
        }
    }

    @Test("a path that looks like a URL is still a path", arguments: ["a:b.avi", "http:x.avi"])
    func colon(name: String) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path + "/" + name
            try Clip().write(to: path)
            #expect(try Demuxer(.file(path)).streams.count == 1)
        }
    }

    @Test("opening what is no media says so", arguments: Broken.allCases)
    func errors(broken: Broken) async throws {
        try await withTemporaryDirectory { folder in
            let path = try broken.make(in: folder)
            let error = try #require(throws: FFmpegError.self) { _ = try Demuxer(.file(path)) }
            #expect(broken.codes.contains(error.code), "\(error)")
            #expect(error.subject == path)
        }
    }

    enum Broken: String, CaseIterable {
        case missing, directory, empty, text

        func make(in folder: URL) throws -> String {
            let path = folder.appendingPathComponent("thing").path
            switch self {
            case .missing: break
            case .directory:
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: false
                )
            case .empty: try Data().write(to: URL(fileURLWithPath: path))
            case .text:
                try Data("Not a video.\n".utf8).write(to: URL(fileURLWithPath: path))
            }
            return path
        }

        var codes: [FFmpegError.Code] {
            switch self {
            case .missing: [.noSuchFile]
            case .directory: [.isDirectory]
            case .empty: [.invalidData, .endOfFile]
            case .text: [.invalidData]
            }
        }
    }

    @Test("a file with sound alone has no video stream")
    func audioOnly() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("sound.wav").path
            _ = try ToolRunner.run(
                "ffmpeg",
                ["-v", "quiet", "-f", "lavfi", "-i", "sine=duration=0.1", path]
            )
            let demuxer = try Demuxer(.file(path))
            let (streams, best) = (demuxer.streams, demuxer.bestVideoStream)
            #expect(streams.map(\.kind) == [.audio])
            #expect(best == nil)
        }
    }

    @Test("an option that nothing knows is an error with its name")
    func unknownOption() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.avi").path
            try Clip().write(to: path)
            let error = try #require(throws: FFmpegError.self) {
                _ = try Demuxer(.file(path), options: ["nonsense": "1", "probesize": "5000"])
            }
            #expect(error.code == .optionNotFound)
            #expect(error.subject == "nonsense")
            let format = try #require(throws: FFmpegError.self) {
                _ = try Demuxer(.file(path), format: "nonsense")
            }
            #expect(format.code == .demuxerNotFound)
        }
    }

    @Test("seeking backward lands on the keyframe at or before")
    func seeks() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mp4").path
            var clip = Clip()
            clip.pictureCount = 30
            clip.options = ["g": "10", "sc_threshold": "1000000000"]
            try clip.write(to: path)
            var demuxer = try Demuxer(.file(path))
            let stream = try #require(demuxer.streams.first)
            let target = Clip.timeBase.rescale(17, to: stream.timeBase)
            try demuxer.seek(to: target, stream: 0)
            var packet = try Packet()
            let result = try demuxer.read(into: &packet)
            #expect(result == .packet)
            let time = packet.presentationTimestamp.map {
                stream.timeBase.rescale($0, to: Clip.timeBase)
            }
            #expect(time == 10)
            #expect(packet.flags == .key)
        }
    }

    @Test("a file that was cut short gives its packets and then an error or the end")
    func truncated() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("clip.mp4").path
            _ = try ToolRunner.run(
                "ffmpeg",
                [
                    "-v", "quiet", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2",
                    "-c:v", "mpeg4", "-movflags", "+faststart", path,
                ]
            )
            let whole = try StoredPacket.all(in: .file(path)).0.count
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: path))
            var demuxer = try Demuxer(.file(path))
            var packet = try Packet()
            var (good, damaged, errors) = (0, 0, 0)
            reading: while good + damaged + errors <= whole {
                do throws(FFmpegError) {
                    guard try demuxer.read(into: &packet) == .packet else { break reading }
                    if packet.flags.contains(.corrupt) { damaged += 1 } else { good += 1 }
                } catch {
                    #expect(error.code == .invalidData)
                    errors += 1
                }
            }
            #expect(good > 10 && good < whole)
            #expect(damaged + errors > 0)
        }
    }
}
