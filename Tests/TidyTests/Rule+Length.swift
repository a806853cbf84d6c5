extension Rule {
    static let fileLineCountMaximum = 400
    static let columnCountMaximum = 100
    /// A message is searched for as a whole, so it is not broken up.
    static let messageColumnCountMaximum = 120
    static let functionLineCountMaximum = 60

    static let fileLength = Rule("a file has at most 400 lines") { file in
        // What follows the last line break is no line.
        let count = file.text.lines.count - (file.text.lines.last?.text.isEmpty == true ? 1 : 0)
        guard count > fileLineCountMaximum else { return [] }
        return [file.finding(count - 1, "\(count) lines; split the file by idea")]
    }

    static let lineLength = Rule("a line has at most 100 columns, 120 with a text in it") { file in
        file.findings { line in
            let maximum = line.hasLiteral ? messageColumnCountMaximum : columnCountMaximum
            let count = line.text.count
            return count > maximum ? "\(count) columns; break the line" : nil
        }
    }

    static let functionLength = Rule("a function has at most 60 lines") { file in
        file.text.functions.compactMap { lines in
            guard lines.count > functionLineCountMaximum else { return nil }
            return file.finding(
                lines.lowerBound,
                "a function of \(lines.count) lines; give its parts names"
            )
        }
    }
}

extension SwiftText {
    private static let declarations = ["func", "init", "init?", "deinit", "subscript"]
    private static let otherDeclarations = [
        "var", "let", "case", "struct", "class", "enum", "actor", "extension", "protocol",
        "associatedtype", "typealias", "import",
    ]

    /// The lines of each function with a body, from its declaration to its closing brace.
    var functions: [ClosedRange<Int>] {
        lines.indices.compactMap { index in
            guard let keyword = Self.declaration(on: lines[index].code),
                Self.declarations.contains(keyword), let end = bodyEnd(from: index)
            else { return nil }
            return index...end
        }
    }

    /// The keyword of a declaration that begins on a line; `nil` where none does.
    private static func declaration(on code: String) -> String? {
        let words = code.split { " (<{:".contains($0) }.map(String.init)
        return words.first {
            declarations.contains($0) || otherDeclarations.contains($0)
        }.flatMap { keyword in
            let modifiers = words.prefix { $0 != keyword }
            return modifiers.allSatisfy { isModifier($0) } ? keyword : nil
        }
    }

    private static func isModifier(_ word: String) -> Bool {
        word.hasPrefix("@")
            || [
                "public", "internal", "private", "fileprivate", "package", "static", "final",
                "mutating", "consuming", "borrowing", "nonisolated", "override", "convenience",
                "required", "lazy", "weak", "unowned", "indirect", "unsafe", "class", "set)",
            ].contains(word)
    }

    /// The line on which the body closes; `nil` for a requirement of a protocol, which has none.
    private func bodyEnd(from start: Int) -> Int? {
        var (parentheses, braces, hasBody) = (0, 0, false)
        for index in start..<lines.count {
            let code = lines[index].code
            if index > start, !hasBody, parentheses == 0, Self.declaration(on: code) != nil {
                return nil
            }
            for character in code {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || hasBody:
                    hasBody = true
                    braces += 1
                case "}" where parentheses == 0 || hasBody:
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0, hasBody { return index }
                default: break
                }
            }
        }
        return nil
    }
}
