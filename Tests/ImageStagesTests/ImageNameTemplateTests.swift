import FrameFormat
import ImageStages
import Stages
import Testing

@Suite("names of images")
struct ImageNameTemplateTests {
    @Test("tokens stand for the frame's values")
    func tokens() throws {
        var header = FrameHeader(codec: .raw, width: 1, height: 1)
        header.sequence = 42
        header.presentationTime = StampedTime(
            MediaTime(value: 3, timeBase: Rational(1, 2)),
            provenance: .container
        )
        header.captureTime = CaptureTime(nanoseconds: 1_000_000_005, quality: .device)
        let template = try ImageNameTemplate("{stream}-{sequence:06}-{sequence}-{pts}-{wall}.png")
        #expect(
            try template.name(for: header, stream: "s")
                == "s-000042-42-1.500000-19700101T000001.000000005Z.png"
        )
    }

    @Test(
        "templates that could leave the folder, or name all frames alike, are refused",
        arguments: [
            "a.png", "../{sequence}", "{sequence}/x", ".{sequence}", "{seq}", "{sequence", "",
        ]
    )
    func refused(text: String) {
        #expect(throws: StageError.self) { try ImageNameTemplate(text) }
    }
}
