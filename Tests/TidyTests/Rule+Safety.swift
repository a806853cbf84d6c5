extension Rule {
    private static let claims = ["@unchecked Sendable", "nonisolated(unsafe)", "try?"]

    /// A guard has its reason in its `else`, within two lines.
    private static let reasonDistanceMaximum = 2

    static let reasons = Rule("what the compiler cannot check has its reason beside it") { file in
        let lines = file.text.lines
        return lines.enumerated().flatMap { index, line in
            claims.filter { line.code.hasClaim($0) }.compactMap { claim in
                let beside = max(0, index - 1)...min(lines.count - 1, index + reasonDistanceMaximum)
                guard lines[beside].allSatisfy({ $0.comment.isEmpty }) else { return nil }
                return file.finding(
                    index,
                    "'\(claim)' without a reason; say beside it why it holds"
                )
            }
        }
    }

    /// Where memory, C or spans are handled.
    static let unsafePaths = [
        "Sources/Buffers/", "Sources/FFmpeg/", "Sources/FrameFormat/", "Sources/FileStreams/",
        "Sources/Digests/", "Sources/Images/", "Sources/FileNames/",
        "Sources/Pipelines/BlockingExecutor.swift", "Sources/Stages/Documents/NumberText.swift",
        "Sources/Stages/Files.swift", "Sources/Stages/Sinks/ByteOutput.swift",
        "Sources/Stages/Sources/Identity/", "Sources/MediaStages/Sources/",
        "Sources/MediaStages/Sinks/Video/VideoFile.swift", "Sources/ImageStages/",
    ]

    static let unsafeCode = Rule("unsafe code stands only where memory or C is handled") { file in
        guard file.isSource, !unsafePaths.contains(where: { file.path.hasPrefix($0) }) else {
            return []
        }
        return file.findings { line in
            guard line.code.hasWord("unsafe"), !line.code.hasClaim("nonisolated(unsafe)") else {
                return nil
            }
            return "unsafe code; move it behind a safe type in Buffers, FFmpeg or FileStreams"
        }
    }

    static let documentation = Rule("every public declaration is documented") { file in
        guard file.isSource else { return [] }
        return file.text.undocumentedPublicDeclarations.map {
            file.finding($0, "no documentation; say what it is, and its contract, with ///")
        }
    }
}

extension String {
    /// Whether the claim stands here, and not as the end of a longer word.
    fileprivate func hasClaim(_ claim: String) -> Bool {
        ranges(of: claim).contains { range in
            guard range.lowerBound > startIndex else { return true }
            let before = self[index(before: range.lowerBound)]
            return !before.isLetter && !before.isNumber
        }
    }
}

extension SwiftText {
    /// The lines of public declarations without a comment in front: those that say `public`, the
    /// requirements of public protocols and the cases of public enums.
    var undocumentedPublicDeclarations: [Int] {
        var undocumented: [Int] = []
        /// For each open brace, the declarations that are public there without saying so.
        var scopes: [[String]] = []
        var (parentheses, nextScope) = (0, [String]())
        for (index, line) in lines.enumerated() {
            let words = line.code.split { " (<:{".contains($0) }.map(String.init)
            if parentheses == 0 {
                let isMember = scopes.last.map { words.contains(where: $0.contains) } ?? false
                let isPublic = words.contains("public") && !words.contains("import")
                if isMember || isPublic, !isDocumented(index) { undocumented.append(index) }
                if isPublic { nextScope = Self.implicitlyPublic(in: words) }
            }
            for character in line.code {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{":
                    scopes.append(nextScope)
                    nextScope = []
                case "}": _ = scopes.popLast()
                default: break
                }
            }
        }
        return undocumented
    }

    private static func implicitlyPublic(in words: [String]) -> [String] {
        if words.contains("enum") { return ["case"] }
        guard words.contains("protocol") else { return [] }
        return ["func", "init", "var", "associatedtype", "subscript"]
    }

    /// Whether a comment for readers stands in front, attributes between them aside.
    private func isDocumented(_ index: Int) -> Bool {
        let front = lines[..<index].last { line in
            !line.code.drop { $0 == " " }.hasPrefix("@")
        }
        return front.map { $0.code.allSatisfy { $0 == " " } && $0.comment.hasPrefix("///") }
            ?? false
    }
}
