internal import FoundationEssentials

/// One JSON document as one line of text.
public enum JSONLine {
    /// Encodes with keys in order, so that equal documents are equal text, and ends the line.
    public static func text(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
