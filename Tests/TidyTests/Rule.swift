/// One rule of the house that a program can check.
struct Rule: Sendable, CustomStringConvertible {
    /// The rule, as a sentence.
    let description: String
    /// What is wrong in a file: each time the place, the fault and what to do instead.
    let findings: @Sendable (SourceFile) -> [String]

    init(_ description: String, _ findings: @escaping @Sendable (SourceFile) -> [String]) {
        self.description = description
        self.findings = findings
    }

    static let all = [
        fileLength, lineLength, functionLength, imports, bannedWords, unfinishedWork, reasons,
        unsafeCode, documentation,
    ]
}

extension SourceFile {
    /// A finding for each line on which `fault` has something to say.
    func findings(_ fault: (SwiftText.Line) -> String?) -> [String] {
        text.lines.enumerated().compactMap { index, line in
            fault(line).map { finding(index, $0) }
        }
    }
}

extension String {
    /// Whether `word` stands here with no letter, digit or underscore right before it, nor right
    /// after it if it ends in one.
    func hasWord(_ word: String) -> Bool {
        guard contains(word) else { return false }
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            let before = self[..<range.lowerBound].last
            let after = self[range.upperBound...].first
            let startsFree = before.map { !$0.isPartOfWord } ?? true
            let endsFree =
                word.last.map { !$0.isPartOfWord } ?? true || after.map { !$0.isPartOfWord } ?? true
            if startsFree && endsFree { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}

extension Character {
    fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}
