import Foundation
import TestSupport
import Testing

@Suite("encoders whose clock is not the pictures'")
struct EncoderClockCommandTests {
    private static func times(of file: String, in folder: URL) throws -> [Double] {
        let times = try ContainerTools.probe("frame=pts_time", of: file, in: folder)
            .compactMap(Double.init)
        return times.map { $0 - (times.first ?? 0) }
    }

    @Test(
        "pictures of MPEG-TS keep their times",
        arguments: [("mpeg4", "25"), ("mpeg4", "24000/1001"), ("mpeg2video", "30000/1001")]
    )
    func ticks(codec: String, rate: String) async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "-f lavfi -i testsrc2=s=96x64:r=\(rate):d=2 -c:v libx264 -bf 2 c.ts",
                in: folder
            )
            let wanted = try Self.times(of: "c.ts", in: folder)
            try ContainerTools.sprocket("ingest c.ts --to s", in: folder)
            try ContainerTools.sprocket("export video s --to o.mp4 --codec \(codec)", in: folder)
            let found = try Self.times(of: "o.mp4", in: folder)
            try #require(found.count == wanted.count)
            for (one, other) in zip(found, wanted) { #expect(abs(one - other) < 0.0002) }
        }
    }

    @Test("a codec of steady rates refuses pictures that come at no such rate")
    func unsteady() async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -vf settb=1/90000,setpts=PTS+random(0)*900 "
                    + "-fps_mode passthrough -enc_time_base 1/90000 -c:v libx264 -bf 0 c.mp4",
                in: folder
            )
            try ContainerTools.sprocket("ingest c.mp4 --to s", in: folder)
            let run = try ContainerTools.sprocket(
                "export video s --to o.mp4 --codec mpeg2video",
                in: folder,
                status: 64
            )
            #expect(run.errors.contains("rate"))
            try ContainerTools.sprocket("export video s --to o.mp4 --codec mpeg4", in: folder)
        }
    }

    @Test(
        "the last pictures of containers without times of showing have theirs",
        arguments: ["mpeg2video", "mpeg4", "libx264"]
    )
    func lastTimes(codec: String) async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "-f lavfi -i testsrc2=s=96x64:r=25:d=1 -c:v \(codec) -g 12 -bf 2 c.avi",
                in: folder
            )
            try ContainerTools.sprocket("ingest c.avi --to s", in: folder)
            try ContainerTools.sprocket("export video s --to o.mp4", in: folder)
            let times = try Self.times(of: "o.mp4", in: folder)
            #expect(times.count == 25)
            for (index, time) in times.enumerated() {
                #expect(abs(time - Double(index) / 25) < 0.001, "picture \(index + 1)")
            }
        }
    }
}
