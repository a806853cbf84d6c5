import Foundation
import TestSupport
import Testing

@Suite("what is installed beside the program")
struct InstallationTests {
    private static func script(
        _ name: String,
        _ arguments: String...,
        in folder: URL
    ) throws -> CommandRun {
        let top = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = top.appendingPathComponent("Scripts/\(name)").path
        return try CommandRun.tool(path, arguments, in: folder)
    }

    /// The manual page, as it would be typed; made once.
    private static let page = Result {
        let made = try script(
            "man-page",
            CommandRun.program.path,
            in: FileManager.default.temporaryDirectory
        )
        try #require(made.status == 0, "\(made.errors)")
        return made.text.replacingOccurrences(of: "\\-", with: "-")
    }

    /// The section of a command in the manual page.
    private static func section(of command: String, in page: String) -> Substring? {
        guard let start = page.range(of: ".SS sprocket \(command)\n") else { return nil }
        let rest = page[start.upperBound...]
        return rest[..<(rest.range(of: "\n.S")?.lowerBound ?? rest.endIndex)]
    }

    @Test(
        "the manual page has every flag that the help of a command has",
        arguments: [
            "ingest", "cat", "export images", "export video", "copy", "recover", "reindex", "info",
            "verify",
            "probe", "sample", "streams list", "streams create", "streams seal", "streams truncate",
            "streams delete",
        ]
    )
    func manualPage(_ command: String) async throws {
        try await withTemporaryDirectory { folder in
            let page = try Self.page.get()
            let own = try #require(Self.section(of: command, in: page))
            let common = try #require(page.range(of: ".SH COMMON OPTIONS"))
            let words = command.split(separator: " ").map(String.init)
            let help = try CommandRun.sprocket(words + ["--help"], in: folder).text
            // Flags begin a line, behind a short one or before what takes them back.
            let flags = help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap {
                $0.split { " ,/".contains($0) }.prefix { $0.hasPrefix("-") }
            }
            #expect(flags.contains("--json"))
            for flag in flags {
                let term = "\\fB\(flag)\\fR"
                #expect(own.contains(term) || page[common.lowerBound...].contains(term), "\(flag)")
            }
        }
    }

    @Test("goes away as it came")
    func install() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.appendingPathComponent("root").path
            let put = try Self.script("install", CommandRun.program.path, root, in: folder)
            try #require(put.status == 0, "\(put.errors)")
            let files = try CommandRun.tool("find", root, "-type", "f", "-size", "+0", in: folder)
                .text
            for file in [
                "bin/sprocket", "man1/sprocket.1", "completions/sprocket",
                "site-functions/_sprocket",
                "vendor_completions.d/sprocket.fish", "doc/sprocket/LICENSE",
                "doc/sprocket/CHANGELOG.md",
            ] {
                #expect(files.contains("/\(file)\n"), "\(file)")
            }
            #expect(try Self.script("install", "--remove", root, in: folder).status == 0)
            #expect(try CommandRun.tool("find", root, "-type", "f", in: folder).text.isEmpty)
        }
    }
}
