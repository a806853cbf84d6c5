internal import FileNames
internal import FoundationEssentials

/// One JSON document as one line of text.
public enum JSONLine {
    /// Encodes with keys in order, so that equal documents are equal text, and ends the line.
    ///
    /// A name of a file whose bytes are no text is shown as such, and beside it, under the same key
    /// with `Bytes` behind it, stand its bytes in Base64.
    public static func text(_ document: some Encodable) throws -> String {
        let text = try encoded(document)
        guard text.hidesBytes else { return text + "\n" }
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        return try encoded(value.showingNames) + "\n"
    }

    private static func encoded(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

/// Any JSON document.
private indirect enum JSONValue: Codable {
    case null
    case bool(Bool)
    case unsigned(UInt64)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // Each try is a question; the last one says why nothing fits.
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {  // No.
            self = .bool(bool)
        } else if let number = try? value.decode(UInt64.self) {  // No.
            self = .unsigned(number)
        } else if let number = try? value.decode(Int64.self) {  // No.
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {  // No.
            self = .number(number)
        } else if let text = try? value.decode(String.self) {  // No.
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {  // No.
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .unsigned(let number): try value.encode(number)
        case .integer(let number): try value.encode(number)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .object(let members): try value.encode(members)
        }
    }

    /// The document with names as they are shown, and with the bytes of those that need it.
    var showingNames: JSONValue {
        switch self {
        case .text(let text): return .text(text.hidesBytes ? text.shownFileName : text)
        case .list(let list): return .list(list.map(\.showingNames))
        case .object(let members):
            var shown = members.mapValues(\.showingNames)
            for case (let key, .text(let text)) in members where text.hidesBytes {
                shown["\(key)Bytes"] = .text(Data(text.fileNameBytes).base64EncodedString())
            }
            return .object(shown)
        case .null, .bool, .unsigned, .integer, .number: return self
        }
    }
}
