/// The units of a packet of H.264 or H.265 one after the other, in either form. Pure.
///
/// Ends of units are looked for when they are asked for: what stands in front of a picture is
/// found without reading the picture.
struct CodedUnits {
    private let bytes: [UInt8]
    private let lengthByteCount: Int?
    /// Whether the packet goes on behind the bytes.
    private let isCut: Bool
    private var place = 0

    /// - Parameter lengthByteCount: Bytes of a unit's length; `nil` in the form of Annex B.
    init(_ bytes: [UInt8], lengthByteCount: Int?, isCut: Bool = false) {
        self.bytes = bytes
        self.lengthByteCount = lengthByteCount
        self.isCut = isCut
    }

    /// Where the next unit starts, and its first byte.
    mutating func next() -> (start: Int, first: UInt8)? {
        if let lengthByteCount {
            while place + lengthByteCount < bytes.count {
                let start = place + lengthByteCount
                place = start + length(at: place, lengthByteCount)
                if place > start { return (start, bytes[start]) }
            }
            return nil
        }
        guard let start = startCode(from: place).map({ $0 + 3 }), start < bytes.count else {
            return nil
        }
        place = start
        return (start, bytes[start])
    }

    /// The unit that starts here; `nil` where it is not whole.
    func unit(at start: Int) -> ArraySlice<UInt8>? {
        if let lengthByteCount {
            let end = start + length(at: start - lengthByteCount, lengthByteCount)
            return end <= bytes.count ? bytes[start..<end] : nil
        }
        let next = startCode(from: start)
        guard next != nil || !isCut else { return nil }
        var end = next ?? bytes.count
        while end > start, bytes[end - 1] == 0 { end -= 1 }
        return bytes[start..<end]
    }

    private func length(at place: Int, _ lengthByteCount: Int) -> Int {
        bytes[place..<place + lengthByteCount].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Where the next 00 00 01 begins.
    private func startCode(from start: Int) -> Int? {
        var place = start + 2
        while place < bytes.count {
            if bytes[place] > 1 {
                place += 3
            } else if bytes[place] == 0 {
                place += 1
            } else if bytes[place - 1] == 0, bytes[place - 2] == 0 {
                return place - 2
            } else {
                place += 3
            }
        }
        return nil
    }
}
