import Foundation
import TestSupport
import Testing

@Suite("pictures that several threads, a start in the middle or a guess would make others")
struct ExactPicturesTests {
    private static let source = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"

    @Test("fields of MPEG-4 are the same with any number of threads", arguments: ["mp4", "avi"])
    func fields(container: String) async throws {
        try await withTemporaryDirectory { folder in
            let clip = "c.\(container)"
            try ContainerTools.ffmpeg(
                "\(Self.source) -c:v mpeg4 -flags +ilme+ildct -g 12 -bf 2 -q:v 4 -threads 1 \(clip)",
                in: folder
            )
            let judge = try ContainerTools.ffmpeg(
                "-threads 1 -i \(clip) -fps_mode passthrough -f rawvideo -",
                in: folder
            )
            for threads in ["1", "2", "4"] {
                try ContainerTools.sprocket(
                    "ingest \(clip) --to s\(threads) --decoder-threads \(threads)",
                    in: folder
                )
                let raw = try ContainerTools.sprocket("cat s\(threads) --as raw", in: folder)
                #expect(raw.output == judge, "\(threads) threads")
            }
            try ContainerTools.sprocket("ingest \(clip) --to p --payload packets", in: folder)
            let raw = try ContainerTools.sprocket("cat p --as raw", in: folder)
            #expect(raw.output == judge, "packets")
        }
    }

    @Test("an MPEG-4 without the header of its layer is decoded by the rate of its container")
    func headless() async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "\(Self.source) -c:v mpeg4 -g 12 -bf 2 -q:v 4 -threads 1 c.mp4",
                in: folder
            )
            try ContainerTools.ffmpeg("-i c.mp4 -c copy c.avi", in: folder)
            // The code of its header becomes one that is reserved.
            let file = folder.appendingPathComponent("c.avi")
            var data = try Data(contentsOf: file)
            var count = 0
            while let place = data.range(of: Data([0, 0, 1, 0x20])) {
                data[place.upperBound - 1] = 0x30
                count += 1
            }
            try #require(count > 0)
            try data.write(to: file)
            let judge = try ContainerTools.pictures(of: "c.avi", in: folder)
            try ContainerTools.sprocket("ingest c.avi --to s", in: folder)
            #expect(try ContainerTools.sprocket("cat s --as raw", in: folder).output == judge)
        }
    }

    @Test("H.261 has no types of pictures, and its first is no damage")
    func firstOfH261() async throws {
        try await withTemporaryDirectory { folder in
            try ContainerTools.ffmpeg(
                "-f lavfi -i testsrc2=s=176x144:r=25:d=1 -c:v h261 -q:v 4 c.avi",
                in: folder
            )
            try ContainerTools.sprocket("ingest c.avi --to s", in: folder)
            #expect(
                try ContainerTools.sprocket("cat s --as raw", in: folder).output
                    == ContainerTools.pictures(of: "c.avi", in: folder)
            )
        }
    }

    @Test("an MJPEG whose pictures become smaller is read by number as from the head")
    func smallerImages() async throws {
        try await withTemporaryDirectory { folder in
            for (name, size) in [("a", "160x120"), ("b", "96x80")] {
                try ContainerTools.ffmpeg(
                    "-f lavfi -i testsrc2=s=\(size):r=25:d=0.4 -c:v mjpeg -q:v 4 \(name).mjpeg",
                    in: folder
                )
            }
            var both = try Data(contentsOf: folder.appendingPathComponent("a.mjpeg"))
            both.append(try Data(contentsOf: folder.appendingPathComponent("b.mjpeg")))
            try both.write(to: folder.appendingPathComponent("c.mjpeg"))
            try ContainerTools.sprocket("ingest c.mjpeg --to p --payload packets", in: folder)
            let whole = try ContainerTools.sprocket("cat p --as raw", in: folder).output
            let (large, small) = (160 * 120 * 3 / 2, 96 * 80 * 3 / 2)
            try #require(whole.count == 10 * (large + small))
            for number in [9, 10, 11, 12, 20] {
                let run = try ContainerTools.sprocket(
                    "cat p --as raw --frames \(number)",
                    in: folder
                )
                let start = number <= 10 ? (number - 1) * large : 10 * large + (number - 11) * small
                let end = start + (number <= 10 ? large : small)
                #expect(run.output == whole[start..<end], "picture \(number)")
            }
        }
    }
}
