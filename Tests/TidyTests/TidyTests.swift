import Foundation
import Testing

@Suite("The rules of the house that a program can check") struct TidyTests {
    @Test("the tree keeps each rule", arguments: Rule.all)
    func keepsRule(_ rule: Rule) throws {
        let files = try Tree.swiftFiles.get()
        #expect(files.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
        #expect(files.contains { $0.isSource })
        for finding in files.flatMap({ rule.findings($0) }) {
            Issue.record("\(finding)")
        }
    }

    @Test("no file names a place on somebody's machine")
    func machinePaths() throws {
        // Put together here, so that this file is not found.
        let places = ["work", "root", "home"].map { "/\($0)/" }
        for path in try Tree.files() {
            let data = try Foundation.Data(contentsOf: Tree.top.appendingPathComponent(path))
            guard let text = String(data: data, encoding: .utf8) else { continue }
            for place in places where text.contains(place) {
                Issue.record("\(path): '\(place)'; it exists on one machine only")
            }
        }
    }

    @Test("no file but fixtures has more than 256 KiB")
    func fileSizes() throws {
        let byteCountMaximum = 256 << 10
        for path in try Tree.files() where !path.contains("/Fixtures/") {
            let file = Tree.top.appendingPathComponent(path)
            let byteCount = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            #expect(byteCount <= byteCountMaximum, "\(path): make it when it is needed")
        }
    }

    @Test("what is built and what git keeps is no part of the tree")
    func foreignFiles() throws {
        #expect(Tree.isForeign(".build/debug.yaml"))
        #expect(Tree.isForeign("Fuzz/.build-address/x.swift"))
        #expect(Tree.isForeign(".git/config"))
        #expect(!Tree.isForeign("Sources/Buffers/Buffer.swift"))
        #expect(!Tree.isForeign(".ci/run"))
        #expect(try Tree.files().contains("Package.swift"))
    }
}
