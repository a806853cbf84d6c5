/// The lines of a Swift file, with code and comments told apart.
struct SwiftText {
    /// One line of a file.
    struct Line {
        /// The whole line.
        let text: String
        /// The code on it; what stands between quotes is left out, the quotes are not.
        var code = ""
        /// The text of the comments on it, slashes included.
        var comment = ""
        /// Whether a part of a string literal is on it.
        var hasLiteral = false
    }

    /// The lines in order; the first has index 0.
    let lines: [Line]

    init(_ text: String) {
        var scanner = Scanner()
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { scanner.scan(String($0)) }
    }

    /// What a character belongs to.
    private enum Place: Equatable {
        /// Code; within a string literal, that in `\(…)`, up to the parenthesis that closes it.
        case code(openParentheses: Int)
        /// A string literal with so many quotes and so many `#` around it.
        case string(quoteCount: Int, poundCount: Int)
        /// A comment over several lines, and how many have begun inside of one another.
        case blockComment(depth: Int)
    }

    /// Goes through a file line by line.
    private struct Scanner {
        private var places: [Place] = [.code(openParentheses: 0)]
        private var rest: Substring = ""
        private var line = Line(text: "")

        mutating func scan(_ text: String) -> Line {
            line = Line(text: text)
            rest = text[...]
            if places.count == 1, !text.utf8.contains(where: Self.begins) {
                line.code = text
                return line
            }
            while let place = places.last, !rest.isEmpty {
                switch place {
                case .code(let openParentheses): scanCode(openParentheses)
                case .string(let quoteCount, let poundCount): scanString(quoteCount, poundCount)
                case .blockComment(let depth): scanComment(depth)
                }
            }
            // A string of one line ends with its line, closed or not.
            while case .string(1, _) = places.last { places.removeLast() }
            return line
        }

        /// Whether a byte can be the first of a comment or a literal; most lines have none.
        private static func begins(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "/")
        }

        private mutating func scanCode(_ openParentheses: Int) {
            if rest.hasPrefix("//") {
                line.comment += rest
                rest = ""
            } else if rest.hasPrefix("/*") {
                places.append(.blockComment(depth: 1))
                rest = rest.dropFirst(2)
            } else if let (quoteCount, poundCount) = openingQuotes {
                places.append(.string(quoteCount: quoteCount, poundCount: poundCount))
                line.code += "\""
                rest = rest.dropFirst(quoteCount + poundCount)
            } else {
                scanCharacter(openParentheses)
            }
        }

        private mutating func scanCharacter(_ openParentheses: Int) {
            let character = rest.removeFirst()
            let isInLiteral = places.count > 1
            switch character {
            case "(" where isInLiteral:
                places[places.count - 1] = .code(openParentheses: openParentheses + 1)
            case ")" where isInLiteral && openParentheses == 0:
                places.removeLast()
                return
            case ")" where isInLiteral:
                places[places.count - 1] = .code(openParentheses: openParentheses - 1)
            default: break
            }
            line.code.append(character)
        }

        private var openingQuotes: (quoteCount: Int, poundCount: Int)? {
            let poundCount = rest.prefix { $0 == "#" }.count
            let quotes = rest.dropFirst(poundCount)
            if quotes.hasPrefix("\"\"\"") { return (3, poundCount) }
            return quotes.hasPrefix("\"") ? (1, poundCount) : nil
        }

        private mutating func scanString(_ quoteCount: Int, _ poundCount: Int) {
            line.hasLiteral = true
            let pounds = String(repeating: "#", count: poundCount)
            let end = String(repeating: "\"", count: quoteCount) + pounds
            let escape = "\\" + pounds
            if rest.hasPrefix(end) {
                places.removeLast()
                line.code += "\""
                rest = rest.dropFirst(end.count)
            } else if rest.hasPrefix(escape + "(") {
                places.append(.code(openParentheses: 0))
                rest = rest.dropFirst(escape.count + 1)
            } else if rest.hasPrefix(escape) {
                rest = rest.dropFirst(escape.count + 1)
            } else {
                rest = rest.dropFirst()
            }
        }

        private mutating func scanComment(_ depth: Int) {
            if rest.hasPrefix("*/") {
                rest = rest.dropFirst(2)
                places.removeLast()
                if depth > 1 { places.append(.blockComment(depth: depth - 1)) }
            } else if rest.hasPrefix("/*") {
                rest = rest.dropFirst(2)
                places[places.count - 1] = .blockComment(depth: depth + 1)
            } else {
                line.comment.append(rest.removeFirst())
            }
        }
    }
}
