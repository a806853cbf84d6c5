/// A census as text: words and what they hold, separated by spaces, as the specification of the
/// frame format has it for marks with the key `census`.
extension Census {
    /// The text.
    var text: String {
        var parts = ["packets", "\(packetCount)", "pictures", "\(pictureCount)"]
        let runText = runs.runs.map { run in
            "\(run.repeatCount)x\(run.pattern.map { "\($0)" }.joined())"
        }
        parts += Self.list("runs", runText)
        parts += Self.list("leads", leads.map { "\($0.packet)+\($0.pictureCount)" })
        let all = [
            ("barred", barred), ("corrupt", corrupt), ("resting", resting), ("refused", refused),
        ]
        for (name, ranges) in all { parts += Self.list(name, ranges.ranges.map(Self.text)) }
        return parts.joined(separator: " ")
    }

    private static func list(_ name: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : [name, items.joined(separator: ",")]
    }

    private static func text(_ range: ClosedRange<UInt64>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }

    /// Reads a text; `nil` unless every part of it is in order and fits the others.
    ///
    /// Words that are not known are passed over, with what they hold.
    init?(text: String) {
        self.init()
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count.isMultiple(of: 2) else { return nil }
        var values: [Substring: Substring] = [:]
        for index in stride(from: 0, to: words.count, by: 2) {
            guard !words[index].isEmpty,
                values.updateValue(words[index + 1], forKey: words[index]) == nil
            else { return nil }
        }
        guard let packets = values["packets"].flatMap(Self.number),
            let pictures = values["pictures"].flatMap(Self.number),
            takeRuns(values["runs"]), takeLeads(values["leads"]),
            packets == packetCount, pictures == pictureCount,
            let barred = Self.ranges(values["barred"], upTo: packets),
            let corrupt = Self.ranges(values["corrupt"], upTo: pictures),
            let resting = Self.ranges(values["resting"], upTo: pictures),
            let refused = Self.ranges(values["refused"], upTo: packets)
        else { return nil }
        (self.barred, self.corrupt) = (barred, corrupt)
        (self.resting, self.refused) = (resting, refused)
    }

    private mutating func takeRuns(_ text: Substring?) -> Bool {
        guard let text else { return true }
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "x", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Self.number(parts[0]), parts[1].count <= 2 else {
                return false
            }
            let pattern = parts[1].compactMap { $0.isASCII ? UInt8("\($0)") : nil }
            guard pattern.count == parts[1].count,
                runs.append(pattern: pattern, repeatCount: count)
            else { return false }
        }
        return packetCount <= CensusRuns.packetCountMaximum
    }

    private mutating func takeLeads(_ text: Substring?) -> Bool {
        guard let text else { return true }
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "+", omittingEmptySubsequences: false)
            guard parts.count == 2, let packet = Self.number(parts[0]),
                let count = Self.number(parts[1]), packet > leads.last?.packet ?? 0,
                packet <= packetCount, count <= pictureCount, leads.count < Self.leadCountMaximum
            else { return false }
            leads.append(Lead(packet: packet, pictureCount: count))
        }
        return true
    }

    private static func ranges(_ text: Substring?, upTo last: UInt64) -> CensusRanges? {
        var ranges = CensusRanges()
        guard let text else { return ranges }
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false)
            guard (1...2).contains(ends.count), let first = number(ends[0]),
                let end = number(ends[ends.count - 1]), first <= end, end <= last,
                ranges.append(first...end)
            else { return nil }
        }
        return ranges
    }

    /// A decimal number without a sign.
    static func number(_ text: Substring) -> UInt64? {
        guard let first = text.utf8.first, (48...57).contains(first) else { return nil }
        return UInt64(text)
    }
}
