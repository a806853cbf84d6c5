extension Rule {
    /// What the modules of the package may import, and what of other packages. The graph of
    /// ARCHITECTURE.md: an arrow that is not here is a decision to be taken first.
    static let allowedImports: [String: Set<String>] = [
        "CPlatform": [],
        "CFFmpeg": [],
        "FileNames": ["SystemPackage"],
        "Buffers": ["CPlatform"],
        "FrameFormat": ["Buffers"],
        "ByteStreams": ["Buffers", "FileNames", "SystemPackage"],
        "FileStreams": [
            "Buffers", "ByteStreams", "CPlatform", "FileNames", "DequeModule", "SystemPackage",
        ],
        "FrameStreams": ["Buffers", "FrameFormat", "ByteStreams"],
        "SprocketStreams": [
            "Buffers", "ByteStreams", "FileStreams", "FrameFormat", "FrameStreams", "SystemPackage",
        ],
        "CCrypto": [],
        "Digests": ["CCrypto"],
        "FFmpeg": ["CFFmpeg", "FileNames"],
        "CZimg": [],
        "CTurboJPEG": [],
        "CDeflate": [],
        "Images": ["Buffers", "FrameFormat", "CPlatform", "CZimg", "CTurboJPEG", "CDeflate"],
        "Pipelines": ["FrameFormat", "DequeModule"],
        "Stages": [
            "Buffers", "ByteStreams", "Digests", "FileNames", "FrameFormat", "FrameStreams",
            "Pipelines", "SystemPackage",
        ],
        "MediaStages": [
            "Buffers", "ByteStreams", "FFmpeg", "FileNames", "FrameFormat", "FrameStreams",
            "Pipelines", "Stages", "DequeModule", "SystemPackage",
        ],
        "ImageStages": [
            "Buffers", "CPlatform", "Digests", "FFmpeg", "FileNames", "FrameFormat",
            "FrameStreams", "Images", "MediaStages", "Pipelines", "Stages", "SystemPackage",
        ],
        "Jobs": [
            "Buffers", "ByteStreams", "FileNames", "FrameFormat", "FrameStreams", "ImageStages",
            "MediaStages", "Pipelines", "Stages", "SystemPackage",
        ],
        "sprocket": [
            "Buffers", "ByteStreams", "FFmpeg", "FileNames", "FileStreams", "FrameFormat",
            "FrameStreams", "ImageStages", "Images", "Jobs", "MediaStages", "Pipelines", "Stages",
            "ArgumentParser", "Logging", "SystemPackage",
        ],
    ]

    /// What comes with the compiler and weighs nothing.
    private static let alwaysAllowed: Set<String> = ["Dispatch", "Glibc", "Synchronization"]
    /// Foundation is large, and slow to start: its essentials do, and libraries do without.
    private static let foundationUsers: Set<String> = [
        "Stages", "ImageStages", "Jobs", "sprocket",
    ]

    static let imports = Rule("a module imports only what the graph allows") { file in
        guard file.isSource else { return [] }
        guard let allowed = allowedImports[file.module] else {
            return [file.finding(0, "\(file.module) is not in the graph; add it in TidyTests")]
        }
        return file.findings { line in
            guard let name = importedModule(line.code) else { return nil }
            if alwaysAllowed.contains(name) || allowed.contains(name) { return nil }
            if name == "FoundationEssentials", foundationUsers.contains(file.module) { return nil }
            return "\(file.module) does not import \(name); "
                + "move the code to a module that may, or change the graph"
        }
    }

    /// The module that a line imports: `A` for `public import struct A.B`.
    static func importedModule(_ code: String) -> String? {
        let words = code.split(separator: " ").map(String.init)
        guard let keyword = words.firstIndex(of: "import"),
            words[..<keyword].allSatisfy({ importModifiers.contains($0) || $0.hasPrefix("@") })
        else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let path = words[(keyword + 1)...].first { !kinds.contains($0) }
        return path?.split(separator: ".").first.map(String.init)
    }

    private static let importModifiers = [
        "public", "package", "internal", "fileprivate", "private",
    ]
}
