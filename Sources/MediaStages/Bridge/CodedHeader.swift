internal import FrameStreams

/// Something in a packet that also holds for packets behind it: a parameter set, a sequence header.
struct CodedHeader: Hashable {
    /// What takes the place of what: the sort of header, in the order in which decoders want them,
    /// and its number.
    struct Slot: Hashable, Comparable {
        var sort: Int
        var number: Int = 0

        static func < (left: Slot, right: Slot) -> Bool {
            (left.sort, left.number) < (right.sort, right.number)
        }
    }

    var slot: Slot
    /// The header it is read by, and that makes it void when it changes.
    var parent: Slot?
    var bytes: [UInt8]
}

/// Finds the headers of a codec in packets and in extra data. Pure.
struct CodedHeaderReader: Hashable {
    /// Codecs whose headers are known; those of others are in the extra data, or in each keyframe.
    private static let codecs: Set<String> = [
        "h264", "hevc", "av1", "mpeg1video", "mpeg2video", "mpeg4",
    ]

    private let codecName: String
    /// Bytes of a unit's length in the packets; `nil` for start codes.
    private(set) var lengthByteCount: Int?
    /// What the extra data says.
    private(set) var known: [CodedHeader.Slot: CodedHeader] = [:]

    /// - Returns: `nil` for a codec whose headers are not known.
    init?(codecName: String, extraData: [UInt8]) {
        guard Self.codecs.contains(codecName) else { return nil }
        self.codecName = codecName
        var units = extraData
        if let sets = ParameterSets(codecName: codecName, extraData: extraData) {
            lengthByteCount = sets.lengthByteCount
            units = sets.prefix
        } else if codecName == "av1" {
            // `av1C` is four bytes and then units.
            units = Array(extraData.dropFirst(4))
        }
        for header in headers(in: units) { known[header.slot] = header }
    }

    /// What stands in front of the first picture.
    ///
    /// - Parameters:
    ///   - isCut: Whether the packet goes on behind the bytes.
    ///   - isField: Whether a second picture may follow, with headers of its own.
    func headers(in bytes: [UInt8], isCut: Bool = false, isField: Bool = false) -> [CodedHeader] {
        switch codecName {
        case "h264": setsOfAVC(bytes, isCut, isField)
        case "hevc": setsOfHEVC(bytes, isCut, isField)
        case "av1": Self.sequenceOfAV1(bytes)
        case "mpeg4":
            Self.startCoded(bytes, from: { (0x20...0x2F).contains($0) }, to: [0xB3, 0xB6])
        default: Self.startCoded(bytes, from: { $0 == 0xB3 }, to: [0xB8, 0])
        }
    }

    /// A header as it stands in a packet.
    func form(_ header: CodedHeader) -> [UInt8] {
        guard codecName == "h264" || codecName == "hevc" else { return header.bytes }
        guard let lengthByteCount else { return [0, 0, 0, 1] + header.bytes }
        return ParameterSets.behindLength(header.bytes[...], lengthByteCount)
    }

    // MARK: Codecs

    /// H.264, 7.3.2: sequence parameter sets (7) and picture parameter sets (8).
    private func setsOfAVC(_ bytes: [UInt8], _ isCut: Bool, _ isField: Bool) -> [CodedHeader] {
        var units = CodedUnits(bytes, lengthByteCount: lengthByteCount, isCut: isCut)
        var found: [CodedHeader] = []
        while let (start, first) = units.next() {
            switch first & 0x1F {
            case 1...5:
                if !isField { return found }
            case 7:
                guard let unit = units.unit(at: start) else { continue }
                var bits = BitReader(unit.dropFirst(4))
                let slot = CodedHeader.Slot(sort: 7, number: bits.takeIdentifier())
                found.append(CodedHeader(slot: slot, bytes: Array(unit)))
            case 8:
                guard let unit = units.unit(at: start) else { continue }
                var bits = BitReader(unit.dropFirst(1))
                let slot = CodedHeader.Slot(sort: 8, number: bits.takeIdentifier())
                let parent = CodedHeader.Slot(sort: 7, number: bits.takeIdentifier())
                found.append(CodedHeader(slot: slot, parent: parent, bytes: Array(unit)))
            default: continue
            }
        }
        return found
    }

    /// H.265, 7.3.2: video (32), sequence (33) and picture parameter sets (34) of the base layer.
    private func setsOfHEVC(_ bytes: [UInt8], _ isCut: Bool, _ isField: Bool) -> [CodedHeader] {
        var units = CodedUnits(bytes, lengthByteCount: lengthByteCount, isCut: isCut)
        var found: [CodedHeader] = []
        while let (start, first) = units.next() {
            let sort = Int(first >> 1 & 0x3F)
            if sort < 32, !isField { return found }
            guard (32...34).contains(sort), let unit = units.unit(at: start), unit.count > 2,
                first & 1 == 0, unit[start + 1] >> 3 == 0
            else { continue }
            var header = CodedHeader(slot: .init(sort: sort), bytes: Array(unit))
            var bits = BitReader(unit.dropFirst(2))
            switch sort {
            case 32: header.slot.number = Int(bits.take(4) ?? 0)
            case 33:
                bits.skip(4)
                let layerCount = Int(bits.take(3) ?? 0)
                bits.skip(1 + 96)
                bits.skipLayers(layerCount)
                header.slot.number = bits.takeIdentifier()
            default:
                header.slot.number = bits.takeIdentifier()
                header.parent = .init(sort: 33, number: bits.takeIdentifier())
            }
            found.append(header)
        }
        return found
    }

    /// AV1, 5.3: units with a length each, of which the sequence header is type 1.
    private static func sequenceOfAV1(_ bytes: [UInt8]) -> [CodedHeader] {
        var place = 0
        while place < bytes.count {
            let first = bytes[place]
            let sort = Int(first >> 3 & 15)
            // Type 3 and 6 are the beginning of a picture.
            guard first & 2 != 0, sort != 3, sort != 6 else { return [] }
            var end = place + (first & 4 != 0 ? 2 : 1)
            var byteCount = 0
            for index in 0..<4 {
                guard end < bytes.count else { return [] }
                byteCount |= Int(bytes[end] & 0x7F) << (7 * index)
                end += 1
                if bytes[end - 1] & 0x80 == 0 { break }
            }
            end += byteCount
            guard end <= bytes.count else { return [] }
            if sort == 1 {
                return [CodedHeader(slot: .init(sort: 1), bytes: Array(bytes[place..<end]))]
            }
            place = end
        }
        return []
    }

    /// MPEG-1, MPEG-2 and MPEG-4: all from a sequence's or a layer's start code up to what begins
    /// a group or a picture.
    private static func startCoded(
        _ bytes: [UInt8],
        from isHeader: (UInt8) -> Bool,
        to ends: [UInt8]
    ) -> [CodedHeader] {
        var units = CodedUnits(bytes, lengthByteCount: nil)
        var start: Int?
        while let (place, code) = units.next() {
            if ends.contains(code) {
                guard let start else { return [] }
                return [CodedHeader(slot: .init(sort: 0), bytes: Array(bytes[start..<place - 3]))]
            }
            if start == nil, isHeader(code) { start = place - 3 }
        }
        // Extra data has no picture behind its headers.
        return start.map { [CodedHeader(slot: .init(sort: 0), bytes: Array(bytes[$0...]))] } ?? []
    }
}

extension BitReader {
    /// Numbers of parameter sets are smaller (H.264, 7.4.2; H.265, 7.4.3).
    private static let identifierMaximum: UInt64 = 255

    /// The number of a parameter set; 0 for what is none.
    fileprivate mutating func takeIdentifier() -> Int {
        takeNumber().flatMap { $0 <= Self.identifierMaximum ? Int($0) : nil } ?? 0
    }

    /// Passes over what H.265 says of sub-layers (7.3.3).
    fileprivate mutating func skipLayers(_ count: Int) {
        guard count > 0 else { return }
        var byteCount = 0
        for _ in 0..<count {
            if take(1) == 1 { byteCount += 11 }
            if take(1) == 1 { byteCount += 1 }
        }
        skip(2 * (8 - count) + 8 * byteCount)
    }
}
