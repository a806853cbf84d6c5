import Testing

@Suite("The checks of the rules") struct RuleTests {
    /// A piece of a file that breaks a rule, or looks as if it did.
    struct Sample: Sendable, CustomTestStringConvertible {
        let rule: Rule
        let code: String
        var path = "Sources/Pipelines/Sample.swift"

        var testDescription: String { "\(path): \(code.prefix(60))" }

        var findings: [String] { rule.findings(SourceFile(path: path, code)) }
    }

    static let bad: [Sample] = [
        Sample(rule: .fileLength, code: String(repeating: "\n", count: 401)),
        Sample(rule: .lineLength, code: String(repeating: "x", count: 101)),
        Sample(rule: .lineLength, code: "\"" + String(repeating: "x", count: 121) + "\""),
        Sample(rule: .functionLength, code: function(lineCount: 61)),
        Sample(rule: .functionLength, code: "    init() {" + filling(60) + "    }"),
        Sample(rule: .imports, code: "import CFFmpeg"),
        Sample(rule: .imports, code: "public import FFmpeg"),
        Sample(rule: .imports, code: "internal import struct Stages.Decode"),
        Sample(rule: .imports, code: "@preconcurrency import Foundation"),
        Sample(rule: .imports, code: "import FFmpeg", path: "Sources/FrameStreams/A.swift"),
        Sample(rule: .imports, code: "import FFmpeg", path: "Sources/Stages/A.swift"),
        Sample(rule: .imports, code: "import Images", path: "Sources/MediaStages/A.swift"),
        Sample(rule: .imports, code: "", path: "Sources/Common/A.swift"),
        Sample(rule: .bannedWords, code: "let x = try! y()"),
        Sample(rule: .bannedWords, code: "let x = y as! Z"),
        Sample(rule: .bannedWords, code: "fatalError(\"never\")"),
        Sample(rule: .bannedWords, code: "print(x)"),
        Sample(rule: .bannedWords, code: "Task { await x() }"),
        Sample(rule: .bannedWords, code: "let t = Task.detached { }"),
        Sample(rule: .bannedWords, code: "let lock = NSLock()"),
        Sample(rule: .bannedWords, code: "let s = DispatchSemaphore(value: 0)"),
        Sample(rule: .bannedWords, code: "Thread.sleep(forTimeInterval: 1)"),
        Sample(rule: .bannedWords, code: "unsafe usleep(1)"),
        Sample(rule: .bannedWords, code: "text = \"\\(try! y())\""),
        Sample(rule: .bannedWords, code: "let a = \"\"\"\n  text\n  \"\"\"; print(a)"),
        Sample(rule: .unfinishedWork, code: "// TODO: later"),
        Sample(rule: .unfinishedWork, code: "x() // FIXME"),
        Sample(rule: .unfinishedWork, code: "/* one\n XXX two */"),
        Sample(rule: .reasons, code: "final class A: @unchecked Sendable {\n}\n\n// Far away."),
        Sample(rule: .reasons, code: "nonisolated(unsafe) var x = 0"),
        Sample(rule: .reasons, code: "let x = try? y()"),
        Sample(rule: .unsafeCode, code: "let x = unsafe pointer.pointee"),
        Sample(rule: .unsafeCode, code: "return unsafe y", path: "Sources/sprocket/A.swift"),
        Sample(rule: .unsafeCode, code: "unsafe y", path: "Sources/Stages/Transforms/A.swift"),
        Sample(rule: .documentation, code: "public struct A {}"),
        Sample(rule: .documentation, code: "// No documentation.\npublic func a()"),
        Sample(rule: .documentation, code: "/// A.\n\npublic func a()"),
        Sample(rule: .documentation, code: "/// A.\npublic enum A {\n    case a\n}"),
        Sample(rule: .documentation, code: "/// A.\npublic protocol A {\n    func a()\n}"),
        Sample(
            rule: .documentation,
            code: "extension A {\n    @discardableResult\n    public var a: Int { 1 }\n}"
        ),
    ]

    static let good: [Sample] = [
        Sample(rule: .fileLength, code: String(repeating: "\n", count: 400)),
        Sample(rule: .lineLength, code: String(repeating: "é", count: 100)),
        Sample(rule: .lineLength, code: "\"" + String(repeating: "x", count: 118) + "\""),
        Sample(rule: .functionLength, code: function(lineCount: 60)),
        Sample(rule: .functionLength, code: "    func a()" + filling(80) + "    func b() {}"),
        Sample(rule: .functionLength, code: "struct A {" + filling(80) + "}"),
        Sample(rule: .imports, code: "public import FrameFormat\ninternal import Synchronization"),
        Sample(rule: .imports, code: "import CFFmpeg", path: "Sources/FFmpeg/A.swift"),
        Sample(rule: .imports, code: "import Foundation", path: "Tests/StagesTests/A.swift"),
        Sample(rule: .reasons, code: "entries.compactMap { entry -> Entry? in"),
        Sample(rule: .bannedWords, code: "// try! is not used, nor print("),
        Sample(rule: .bannedWords, code: "/* try!\n fatalError( /* as! */ NSLock */ let a = 1"),
        Sample(rule: .bannedWords, code: "let x = \"try! // \\\" as! print(\""),
        Sample(rule: .bannedWords, code: "let x = #\"a \" try! \"#"),
        Sample(rule: .bannedWords, code: "let x = \"\"\"\n    fatalError( \" Task {\n    \"\"\""),
        Sample(rule: .bannedWords, code: "group.addTask { fingerprint() }"),
        Sample(rule: .bannedWords, code: "print(x)", path: "Sources/sprocket/A.swift"),
        Sample(rule: .unfinishedWork, code: "let x = \"TODO\"  // MASTODON XXXL"),
        Sample(rule: .reasons, code: "let x = try? y()  // An error means no."),
        Sample(rule: .reasons, code: "// An error means no.\nlet x = try? y()"),
        Sample(rule: .reasons, code: "guard let x = try? y() else {\n    return nil  // None.\n}"),
        Sample(rule: .unsafeCode, code: "nonisolated(unsafe) var x = 0  // Why."),
        Sample(rule: .unsafeCode, code: "unsafely(x)  // unsafe"),
        Sample(rule: .unsafeCode, code: "unsafe a()", path: "Sources/FFmpeg/A.swift"),
        Sample(rule: .unsafeCode, code: "unsafe a()", path: "Tests/FFmpegTests/A.swift"),
        Sample(rule: .documentation, code: "/// A.\n@safe\npublic struct A {}"),
        Sample(rule: .documentation, code: "public import A\nstruct B {}"),
        Sample(rule: .documentation, code: "enum A {\n    case a\n}"),
        Sample(rule: .documentation, code: "/// A.\npublic enum A {\n    func a() {}\n}"),
        Sample(
            rule: .documentation,
            code: "/// A.\npublic enum A {\n    /// A.\n    case a\n\n    var b: Int {\n"
                + "        switch self {\n        case .a: 1\n        }\n    }\n}"
        ),
    ]

    @Test("what breaks a rule is found", arguments: bad)
    func findsBad(_ sample: Sample) {
        #expect(!sample.findings.isEmpty)
    }

    @Test("what only looks like it is not", arguments: good)
    func passesGood(_ sample: Sample) {
        #expect(sample.findings == [])
    }

    @Test("a finding names the place, the reason and what to do instead")
    func namesPlace() {
        let file = SourceFile(path: "Sources/Buffers/A.swift", "let a = 1\nlet x = try! y()")
        #expect(
            Rule.bannedWords.findings(file) == [
                "Sources/Buffers/A.swift:2: 'try!': an error becomes a crash; throw, or catch and "
                    + "say with preconditionFailure why it cannot happen"
            ]
        )
    }

    @Test("every rule has a sample that breaks it")
    func everyRule() {
        let broken = Set(Self.bad.map(\.rule.description))
        #expect(broken == Set(Rule.all.map(\.description)))
    }

    private static func function(lineCount: Int) -> String {
        "    func a(\n        b: Int = c { 1 }\n    ) {" + filling(lineCount - 3) + "    }"
    }

    private static func filling(_ lineCount: Int) -> String {
        String(repeating: "\n        x()", count: lineCount - 1) + "\n"
    }
}
