import Foundation
import TestSupport
import Testing

@Suite("images are turned as their files say, and cropping that is not done is said")
struct OrientationTests {
    private typealias Tools = ContainerTools

    /// ffmpeg's filters that do what the values of the tag Orientation from 2 on ask for.
    private static let filters = [
        "hflip", "hflip,vflip", "vflip", "transpose=0", "transpose=1", "transpose=3", "transpose=2",
    ]

    /// A directory of TIFF with one entry, the tag 274.
    private static func exif(_ orientation: UInt8, isLittle: Bool) -> [UInt8] {
        let little: [UInt8] = [
            0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
            0, 0, 0, 0,
        ]
        let big: [UInt8] = [
            0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
            0, 0, 0, 0,
        ]
        return isLittle ? little : big
    }

    /// CRC32 as PNG's chunks have it.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return bigEndian(Int(~sum))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) }
    }

    /// An image with Exif data put in, as each kind of file has them.
    private static func turned(_ image: [UInt8], _ ending: String, _ value: UInt8) -> [UInt8] {
        let data = exif(value, isLittle: value % 2 == 0)
        var file: [UInt8] = []
        switch ending {
        case "jpg":
            let content = Array("Exif\0\0".utf8) + data
            file += image[..<2]
            file += [0xFF, 0xE1, 0, UInt8(content.count + 2)]
            file += content
            file += image[2...]
        case "png":
            let chunk = Array("eXIf".utf8) + data
            // In front of IEND, behind the image.
            file += image.dropLast(12)
            file += bigEndian(data.count)
            file += chunk
            file += checksum(chunk)
            file += image.suffix(12)
        default:
            // RIFF, an extended header that names Exif data, the image as it was, the data.
            var body = Array("WEBPVP8X".utf8)
            body += [10, 0, 0, 0, 8, 0, 0, 0, 47, 0, 0, 31, 0, 0]
            body += image[12...]
            body += Array("EXIF".utf8)
            body += [UInt8(data.count), 0, 0, 0]
            body += data
            file += Array("RIFF".utf8)
            file += bigEndian(body.count).reversed()
            file += body
        }
        return file
    }

    @Test(
        "the Exif orientation is that of the frame, and of the images made of it",
        arguments: ["jpg", "png", "webp"]
    )
    func exif(ending: String) async throws {
        try await withTemporaryDirectory { folder in
            try Tools.ffmpeg(
                "-f lavfi -i testsrc2=size=48x32 -frames:v 1 a.\(ending)",
                in: folder
            )
            let image = try [UInt8](Data(contentsOf: folder.appendingPathComponent("a.\(ending)")))
            for value in 2...8 {
                try Data(Self.turned(image, ending, UInt8(value)))
                    .write(to: folder.appendingPathComponent("t\(value - 1).\(ending)"))
            }
            try Tools.sprocket("ingest t%d.\(ending) --to s", in: folder)
            try Tools.sprocket(
                "export images s --to o --type png --name {sequence}.png",
                in: folder
            )
            // The picture as it lies in the file, out of the same converter.
            try Tools.sprocket("ingest a.\(ending) --to u", in: folder)
            try Tools.sprocket(
                "export images u --to p --type png --name {sequence}.png",
                in: folder
            )
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("o").path
            ).filter { $0.hasSuffix(".png") }.sorted()
            let upright = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("p").path
            ).filter { $0.hasSuffix(".png") }
            try #require(names.count == 7 && upright.count == 1)
            for (name, filter) in zip(names, Self.filters) {
                let wanted = try Tools.ffmpeg(
                    "-i p/\(upright[0]) -vf \(filter) -f rawvideo -",
                    in: folder
                )
                #expect(
                    try Tools.pictures(of: "o/\(name)", in: folder) == wanted,
                    "\(name) \(filter)"
                )
            }
        }
    }

    /// Replaces bytes that occur in a file.
    private static func patch(
        _ file: String,
        _ old: [UInt8],
        _ new: [UInt8],
        in folder: URL
    ) throws {
        let url = folder.appendingPathComponent(file)
        var data = try Data(contentsOf: url)
        let range = try #require(data.range(of: Data(old)))
        data.replaceSubrange(range, with: new)
        try data.write(to: url)
    }

    @Test("cropping by the container is said")
    func cropping() async throws {
        try await withTemporaryDirectory { folder in
            let source = "testsrc2=size=96x64:rate=10:duration=0.2"
            try Tools.ffmpeg(
                "-f lavfi -i \(source) -pix_fmt uyvy422 -c:v rawvideo a.mov",
                in: folder
            )
            let whole = try Tools.sprocket("ingest a.mov --to w", in: folder)
            #expect(!whole.errors.contains("clean aperture"), "\(whole.errors)")
            let box = Array("clap".utf8) + [0, 0, 0]
            try Self.patch("a.mov", box + [96], box + [88], in: folder)
            let mov = try Tools.sprocket("ingest a.mov --to m", in: folder)
            #expect(mov.errors.contains("shows 88x64 of 96x64"), "\(mov.errors)")
            try Tools.ffmpeg(
                "-f lavfi -i \(source) -c:v libx264 -metadata:s:v stereo_mode=left_right a.mkv",
                in: folder
            )
            // StereoMode becomes PixelCropLeft.
            try Self.patch("a.mkv", [0x53, 0xB8, 0x81, 1], [0x54, 0xCC, 0x81, 8], in: folder)
            let mkv = try Tools.sprocket("ingest a.mkv --to k", in: folder)
            #expect(mkv.errors.contains("cuts off 8 left"), "\(mkv.errors)")
        }
    }
}
