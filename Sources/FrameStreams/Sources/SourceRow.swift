/// Where an ended source is, and what it is asked for by.
struct SourceRow: Hashable, Sendable {
    /// What tells it from most others.
    var tags: SourceTags
    /// The offset of the record that announces it.
    var begin: UInt64
    /// The offset of the record that ends it.
    var end: UInt64
}

/// Rows as text: digits of 64 values, three tags of five each, and two distances.
enum SourceRowText {
    /// Digits of a tag.
    static let tagByteCount = 5
    /// Digits of the largest distance.
    static let distanceByteCountMaximum = 13

    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    /// Appends a row; its end lies before `place`, from which distances count.
    static func append(_ row: SourceRow, before place: UInt64, to text: inout [UInt8]) {
        append(row.tags.identity, to: &text)
        append(row.tags.fingerprint, to: &text)
        append(row.tags.content, to: &text)
        append(distance: place - row.end, to: &text)
        append(distance: row.end - row.begin, to: &text)
    }

    /// Bytes of a row.
    static func byteCount(of row: SourceRow, before place: UInt64) -> Int {
        3 * tagByteCount + byteCount(distance: place - row.end)
            + byteCount(distance: row.end - row.begin)
    }

    private static func append(_ tag: UInt32, to text: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -6) {
            text.append(digits[Int(tag >> UInt32(shift) & 63)])
        }
    }

    /// Five bits to a digit, the lowest first; all but the last have 32 added.
    private static func append(distance: UInt64, to text: inout [UInt8]) {
        var rest = distance
        while rest > 31 {
            text.append(digits[Int(rest & 31 | 32)])
            rest >>= 5
        }
        text.append(digits[Int(rest)])
    }

    private static func byteCount(distance: UInt64) -> Int {
        max(1, (UInt64.bitWidth - distance.leadingZeroBitCount + 4) / 5)
    }

    /// Takes tags from the front of `text`; `nil` if there are none.
    static func takeTags(from text: inout ArraySlice<UInt8>) -> SourceTags? {
        guard let identity = takeTag(from: &text), let fingerprint = takeTag(from: &text),
            let content = takeTag(from: &text)
        else { return nil }
        return SourceTags(identity: identity, fingerprint: fingerprint, content: content)
    }

    private static func takeTag(from text: inout ArraySlice<UInt8>) -> UInt32? {
        var tag: UInt32 = 0
        for _ in 0..<tagByteCount {
            guard let value = takeDigit(from: &text) else { return nil }
            tag = tag << 6 | UInt32(value)
        }
        return tag
    }

    /// Takes a distance from the front of `text`; `nil` if there is none, or it is 0 or too large.
    static func takeDistance(from text: inout ArraySlice<UInt8>) -> UInt64? {
        var distance: UInt64 = 0
        for place in 0..<distanceByteCountMaximum {
            guard let digit = takeDigit(from: &text) else { return nil }
            let bits = UInt64(digit & 31)
            let isLast = digit < 32
            // The last digit there can be has four bits.
            if place == distanceByteCountMaximum - 1, !isLast || bits > 15 { return nil }
            distance |= bits << UInt64(5 * place)
            if isLast { return distance > 0 ? distance : nil }
        }
        return nil
    }

    private static func takeDigit(from text: inout ArraySlice<UInt8>) -> UInt8? {
        switch text.popFirst() {
        case .some(let byte) where byte >= 65 && byte <= 90: byte - 65
        case .some(let byte) where byte >= 97 && byte <= 122: byte - 97 + 26
        case .some(let byte) where byte >= 48 && byte <= 57: byte - 48 + 52
        case .some(45): 62
        case .some(95): 63
        default: nil
        }
    }
}
