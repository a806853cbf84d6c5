import Foundation
import Pipelines
import Testing

@Suite("Pipelines.md", .timeLimit(.minutes(1))) struct DocumentationTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test("its examples are code that compiles, word for word")
    func examples() throws {
        let page = try String(
            contentsOf: Self.tests.appendingPathComponent(
                "../../Sources/Pipelines/Pipelines.docc/Pipelines.md"
            ),
            encoding: .utf8
        )
        let code = try String(
            contentsOf: Self.tests.appendingPathComponent("Sample.swift"),
            encoding: .utf8
        )
        let examples = page.components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(examples.count == 2)
        for example in examples { #expect(code.contains(example)) }
    }

    @Test("its example of a pipeline lets one frame in ten pass")
    func thinning() async throws {
        let sink = RecordingSink()
        try await thin(ClosureSource.pictures(1...31), into: sink, stop: StopSignal())
        #expect(sink.ordinals == [1, 11, 21, 31])
    }
}
