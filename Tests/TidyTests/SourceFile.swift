import Foundation

/// A Swift file of the package.
struct SourceFile {
    /// The path from the top of the package.
    let path: String
    /// Its lines.
    let text: SwiftText

    init(path: String, _ text: String) {
        self.path = path
        self.text = SwiftText(text)
    }

    /// The module that it is part of: the second folder of its path.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    /// Whether it is part of the product, and no test.
    var isSource: Bool { path.hasPrefix("Sources/") }

    /// Joins a place in this file with what is wrong there; `index` counts lines from 0.
    func finding(_ index: Int, _ fault: String) -> String {
        "\(path):\(index + 1): \(fault)"
    }
}

/// The files of the package, found from the place of this one.
enum Tree {
    /// The folder with `Package.swift`.
    static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below `Sources` and `Tests`, in the order of their paths.
    static let swiftFiles = Result { () throws -> [SourceFile] in
        try files(below: ["Sources", "Tests"]).filter { $0.hasSuffix(".swift") }.map { path in
            let text = try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(path: path, text)
        }
    }

    /// The paths of all files below some folders, or of all but what is built, fetched or git's.
    static func files(below folders: [String] = [""]) throws -> [String] {
        try folders.flatMap { folder -> [String] in
            let root = top.appendingPathComponent(folder).path
            return try FileManager.default.subpathsOfDirectory(atPath: root)
                .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
        }
        .filter { !isForeign($0) && isRegular($0) }
        .sorted()
    }

    /// Whether a path is no part of the package: `.gitignore` and git itself.
    static func isForeign(_ path: String) -> Bool {
        path == "Package.resolved" || path.hasSuffix(".profraw")
            || path.split(separator: "/").contains { $0.hasPrefix(".build") || $0 == ".git" }
    }

    /// Links are not followed: what they lead to is looked at where it is.
    private static func isRegular(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(  // Gone since is not there.
            atPath: top.appendingPathComponent(path).path
        )
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }
}
