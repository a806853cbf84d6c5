extension String {
    /// The name of a file that has these bytes, whatever they are.
    ///
    /// Bytes that are no UTF-8 are kept: ``fileNameBytes`` gives them back. They are no text to
    /// show: ``shownFileName`` is.
    public init(fileName bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self), !text.hidesBytes {
            self = text
            return
        }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            if let scalar = Self.scalar(at: rest), HiddenByte.byte(of: scalar) == nil {
                scalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                scalars.append(HiddenByte.scalar(for: first))
                rest = rest.dropFirst()
            }
        }
        self.init(scalars)
    }

    /// The valid scalar that bytes begin with.
    private static func scalar(at bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        for count in 1...4 where bytes.count >= count {
            if let text = String(validating: bytes.prefix(count), as: UTF8.self) {
                return text.unicodeScalars.first
            }
        }
        return nil
    }

    /// The bytes of the name that the text stands for.
    public var fileNameBytes: [UInt8] {
        guard hidesBytes else { return Array(utf8) }
        return unicodeScalars.flatMap { scalar in
            HiddenByte.byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8)
        }
    }

    /// The name as system calls and libraries take it, ended by a zero.
    public var systemName: [CChar] {
        fileNameBytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// Whether the name has bytes that are no text.
    public var hidesBytes: Bool {
        utf8.contains(HiddenByte.leadingByte)
            && unicodeScalars.contains { HiddenByte.byte(of: $0) != nil }
    }
}

extension String {
    /// The name for people and documents: `\xNN` for each byte that is no text, and `\x5C` for a
    /// backslash in front of an `x`, so that the name can be told from its own picture.
    public var shownFileName: String {
        let scalars = Array(unicodeScalars)
        var shown = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if let byte = HiddenByte.byte(of: scalar) {
                shown.append(contentsOf: Self.escape(byte).unicodeScalars)
            } else if scalar == "\\", scalars.dropFirst(index + 1).first == "x" {
                shown.append(contentsOf: Self.escape(UInt8(ascii: "\\")).unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Reads ``shownFileName``.
    public init(shownFileName text: String) {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.popFirst() {
            let digits = rest.dropFirst().prefix(2)
            guard first == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), digits.count == 2,
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                bytes.append(first)
                continue
            }
            bytes.append(byte)
            rest = rest.dropFirst(3)
        }
        self.init(fileName: bytes)
    }

    /// Text that names may stand in, with `\xNN` for each byte that is no text.
    public var shownText: String {
        guard hidesBytes else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if let byte = HiddenByte.byte(of: scalar) {
                text += Self.escape(byte)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16, uppercase: true)
    }
}
