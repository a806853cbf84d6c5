import Foundation
import Testing

@Suite("the house rules that a program can check")
struct TidyTests {
    /// Lines of a file, and columns of a line.
    private static let lineCountMaximum = 400
    private static let columnCountMaximum = 120

    private struct Source {
        let path: String
        let lines: [String]
    }

    private static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let sources: [Source] = {
        var sources: [Source] = []
        for folder in ["Sources", "Tests"] {
            let files = FileManager.default.enumerator(
                atPath: top.appendingPathComponent(folder).path
            )
            while let name = files?.nextObject() as? String {
                guard name.hasSuffix(".swift") else { continue }
                let path = "\(folder)/\(name)"
                guard
                    let text = try? String(
                        contentsOf: top.appendingPathComponent(path),
                        encoding: .utf8
                    )
                else { continue }
                sources.append(Source(path: path, lines: text.components(separatedBy: "\n")))
            }
        }
        return sources.sorted { $0.path < $1.path }
    }()

    /// Code without comments and string literals, roughly: enough for the words below.
    private static func code(_ line: String) -> String {
        let parts = line.components(separatedBy: "\"")
        let outside = parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        return outside.joined(separator: "\"").components(separatedBy: "//")[0]
    }

    private static let banned: [(word: String, instead: String)] = [
        ("try!", "handle the error, or say why there is none with preconditionFailure"),
        ("fatalError(", "preconditionFailure with the reason"),
        ("as!", "a cast that can fail, and what then"),
        ("Task.detached", "a task group"),
        (" Task {", "a task group"),
        ("NSLock", "Mutex"),
        ("DispatchSemaphore", "a continuation"),
        ("Thread.sleep", "a continuation, or a clock that is passed in"),
    ]

    @Test("no word is used that the house does without")
    func bannedWords() {
        #expect(!Self.sources.isEmpty)
        for source in Self.sources where !source.path.hasPrefix("Tests/TidyTests") {
            for (index, line) in source.lines.enumerated() {
                for (word, instead) in Self.banned where Self.code(line).contains(word) {
                    Issue.record("\(source.path):\(index + 1): '\(word)'; use \(instead)")
                }
                for word in ["TO" + "DO", "FIX" + "ME"] where line.contains(word) {
                    Issue.record("\(source.path):\(index + 1): \(word); do it or leave it out")
                }
            }
        }
    }

    @Test("the check of words finds them in code, and not in comments or text")
    func checkOfWords() {
        #expect(Self.code("let x = try! y()").contains("try!"))
        #expect(!Self.code("// try! is not used").contains("try!"))
        #expect(!Self.code("print(\"try!\")").contains("try!"))
    }

    @Test("what the compiler cannot check has its reason beside it")
    func reasons() {
        for source in Self.sources where source.path.hasPrefix("Sources/") {
            for (index, line) in source.lines.enumerated() {
                let code = Self.code(line)
                guard
                    code.contains("@unchecked Sendable") || code.contains(" try? ")
                        || code.contains("(try? ")
                else {
                    continue
                }
                let before = index > 0 ? source.lines[index - 1] : ""
                let after = source.lines[(index + 1)...].prefix(3)
                let hasReason =
                    line.contains("//") || before.contains("//")
                    || after.contains { $0.contains("//") }
                #expect(hasReason, "\(source.path):\(index + 1): say why")
            }
        }
    }

    @Test("files and lines are short")
    func sizes() {
        for source in Self.sources {
            #expect(
                source.lines.count <= Self.lineCountMaximum,
                "\(source.path) holds more than one idea"
            )
            for (index, line) in source.lines.enumerated() {
                #expect(
                    line.count <= Self.columnCountMaximum,
                    "\(source.path):\(index + 1) is long"
                )
            }
        }
    }

    @Test("FFmpeg's headers are imported in one module, and only stages and the command see that")
    func imports() {
        for source in Self.sources where source.path.hasPrefix("Sources/") {
            let module = source.path.split(separator: "/")[1]
            let imports = source.lines.filter { $0.contains("import ") && !$0.hasPrefix(" ") }
            if imports.contains(where: { $0.hasSuffix("import CFFmpeg") }) {
                #expect(module == "FFmpeg", "\(source.path)")
            }
            if imports.contains(where: { $0.hasSuffix("import FFmpeg") }) {
                #expect(["Stages", "sprocket"].contains(module), "\(source.path)")
            }
        }
    }

    @Test("unsafe code stands only where memory, C or spans are handled")
    func unsafeCode() {
        let allowed = [
            "Sources/Buffers/", "Sources/FFmpeg/", "Sources/FrameFormat/",
            "Sources/ByteStreams/File/",
            "Sources/Pipelines/BlockingExecutor.swift", "Sources/Stages/",
        ]
        for source in Self.sources where source.path.hasPrefix("Sources/") {
            let isUnsafe = source.lines.contains { Self.code($0).contains("unsafe ") }
            #expect(!isUnsafe || allowed.contains { source.path.hasPrefix($0) }, "\(source.path)")
        }
    }
}
