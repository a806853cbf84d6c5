/// The parameter sets of H.264 and H.265, and the two forms of their access units. Pure.
///
/// In the form of MP4 and Matroska, each unit stands behind its length, and the parameter sets
/// stand in the extra data (`avcC` and `hvcC`, ISO/IEC 14496-15 sections 5.3.3 and 8.3.3); in that
/// of MPEG-TS, units stand behind start codes (H.264 and H.265 Annex B).
package struct ParameterSets: Hashable {
    /// Bytes of a unit's length; `nil` in the form of Annex B.
    package let lengthByteCount: Int?
    /// All parameter sets, each without length or start code.
    package let units: [ArraySlice<UInt8>]
    /// All parameter sets, in the form of the packets, to stand in front of a keyframe.
    package let prefix: [UInt8]

    /// Reads the extra data of a codec.
    ///
    /// - Returns: `nil` for extra data that makes no sense, and for codecs without parameter sets.
    package init?(codecName: String, extraData: [UInt8]) {
        guard codecName == "h264" || codecName == "hevc" else { return nil }
        guard extraData.first == 1 else {
            // Annex B, in which extra data are units themselves.
            lengthByteCount = nil
            units = Self.units(ofAnnexB: extraData)
            prefix = extraData
            return
        }
        let lengthPlace = codecName == "h264" ? 4 : 21
        guard extraData.count > lengthPlace else { return nil }
        let byteCount = Int(extraData[lengthPlace] & 3) + 1
        let found =
            codecName == "h264"
            ? Self.unitsOfAVC(extraData) : Self.unitsOfHEVC(extraData)
        guard let found else { return nil }
        units = found
        lengthByteCount = byteCount
        prefix = units.flatMap { Self.behindLength($0, byteCount) }
    }

    /// `avcC`: a count of sequence parameter sets, then one of picture parameter sets.
    private static func unitsOfAVC(_ data: [UInt8]) -> [ArraySlice<UInt8>]? {
        var units: [ArraySlice<UInt8>] = []
        var place = 5
        for mask: UInt8 in [0x1F, 0xFF] {
            guard place < data.count else { return nil }
            let count = data[place] & mask
            place += 1
            for _ in 0..<count {
                guard let unit = unit(in: data, at: place) else { return nil }
                units.append(unit)
                place = unit.endIndex
            }
        }
        return units
    }

    /// `hvcC`: arrays of units of one type each.
    private static func unitsOfHEVC(_ data: [UInt8]) -> [ArraySlice<UInt8>]? {
        var units: [ArraySlice<UInt8>] = []
        guard data.count > 22 else { return nil }
        var place = 23
        for _ in 0..<data[22] {
            guard place + 3 <= data.count else { return nil }
            let count = Int(data[place + 1]) << 8 | Int(data[place + 2])
            place += 3
            for _ in 0..<count {
                guard let unit = unit(in: data, at: place) else { return nil }
                units.append(unit)
                place = unit.endIndex
            }
        }
        return units
    }

    /// A unit behind its length of two bytes.
    private static func unit(in data: [UInt8], at place: Int) -> ArraySlice<UInt8>? {
        guard place + 2 <= data.count else { return nil }
        let end = place + 2 + Int(data[place]) << 8 + Int(data[place + 1])
        return end <= data.count ? data[(place + 2)..<end] : nil
    }

    /// A unit as it stands in packets.
    package static func behindLength(_ unit: ArraySlice<UInt8>, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: unit.count >> ($0 * 8)) } + unit
    }

    /// An access unit of Annex B in the form of the packets.
    package func form(_ accessUnit: [UInt8]) -> [UInt8] {
        guard let lengthByteCount else { return accessUnit }
        return Self.units(ofAnnexB: accessUnit).flatMap { Self.behindLength($0, lengthByteCount) }
    }

    /// What stands behind start codes: 00 00 01, with zeroes before it that belong to nothing.
    package static func units(ofAnnexB bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var starts: [Int] = []
        var place = 0
        while place + 3 <= bytes.count {
            if bytes[place] == 0, bytes[place + 1] == 0, bytes[place + 2] == 1 {
                starts.append(place + 3)
                place += 3
            } else {
                place += 1
            }
        }
        return starts.enumerated().compactMap { index, start in
            var end = index + 1 < starts.count ? starts[index + 1] - 3 : bytes.count
            while end > start, bytes[end - 1] == 0 { end -= 1 }
            return end > start ? bytes[start..<end] : nil
        }
    }
}
