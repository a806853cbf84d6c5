import FrameFormat
import Stages
import Testing

@Suite("a selection as a line of text")
struct SelectionLineTests {
    private static let lines = [
        ("", ""),
        ("frames=10..20", "frames=10..20"),
        ("frames=10", "frames=10..10"),
        ("frames=..20", "frames=1..20"),
        ("frames=5..", "frames=5.."),
        ("time=1..2", "time=1..2"),
        ("time=1.0..2.50", "time=1..2.5"),
        ("time=00:01:00..", "time=60.."),
        ("time=..-0.5", "time=..-0.5"),
        ("at=0.000000001", "at=0.000000001"),
        ("at=2026-05-01T12:00:00.250Z", "at=2026-05-01T12:00:00.25Z"),
        ("at=2026-05-01T14:00:00+02:00", "at=2026-05-01T12:00:00Z"),
        ("every=2 keyframes=yes", "every=2 keyframes=yes"),
        ("keyframes=yes first=3", "keyframes=yes first=3"),
        ("rate=29.97", "rate=2997/100"),
        ("rate=5", "rate=5/1"),
        ("last=7", "last=7"),
    ]

    @Test("what was typed and what is meant become the same line", arguments: lines)
    func canonical(typed: String, line: String) throws {
        let selection = try #require(SelectionLine.selection(typed))
        #expect(SelectionLine.text(selection.frames, last: selection.last) == line)
        let again = try #require(SelectionLine.selection(line))
        #expect(again.frames == selection.frames && again.last == selection.last)
    }

    @Test(
        "what is no such line is none",
        arguments: [
            "frames", "frames=0", "time=2..1", "colour=red", "keyframes=no", "first=x", "a b",
        ]
    )
    func strange(line: String) {
        #expect(SelectionLine.selection(line) == nil)
    }
}
