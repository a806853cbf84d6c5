internal import Buffers
package import FrameFormat

/// What decoding from a keyframe gives, as the packets of the group say. Pure.
package enum GroupStart: Hashable {
    /// All pictures of this packet and those behind it, as if decoded from the head.
    case closed
    /// The same, but for pictures that are shown before the keyframe's: those need the group
    /// before, and may come out wrong or not at all.
    case open
    /// Not known.
    case unknown

    /// Codecs of which every packet is a picture of its own.
    package static let intraCodecs: Set<String> = [
        "mjpeg", "png", "bmp", "tiff", "prores", "dnxhd", "huffyuv", "ffvhuff", "utvideo", "v210",
        "rawvideo",
    ]
    /// Codecs of which no packet refers to one before a keyframe, nor is one hidden.
    private static let closedCodecs: Set<String> = ["vp9", "av1", "ffv1"]
    private static let mpegCodecs: Set<String> = ["mpeg1video", "mpeg2video"]

    /// What the keyframe `frame` begins.
    package init(_ frame: Frame) {
        let name = frame.header.codec.name
        if Self.intraCodecs.contains(name) || Self.closedCodecs.contains(name) {
            self = AlphaChannel.isKey(frame) ? .closed : .unknown
        } else if Self.mpegCodecs.contains(name) {
            self = .open
        } else if name == "h264" {
            self = Self.ofAVC(Self.units(of: frame))
        } else if name == "hevc" {
            self = Self.ofHEVC(Self.units(of: frame))
        } else {
            self = .unknown
        }
    }

    /// H.264, 7.4.1.2.4 and D.2.8: an IDR picture, or a recovery point that is one at once.
    private static func ofAVC(_ units: [ArraySlice<UInt8>]) -> GroupStart {
        var isRecoveryPoint = false
        for unit in units {
            guard let first = unit.first else { continue }
            switch first & 0x1F {
            case 5: return .closed
            case 6: isRecoveryPoint = isRecoveryPoint || hasInstantRecovery(unit.dropFirst())
            case 1...4: return isRecoveryPoint ? .open : .unknown
            default: continue
            }
        }
        return .unknown
    }

    /// H.265, 7.4.2.2: IDR and BLA pictures without pictures that are skipped, and CRA pictures.
    private static func ofHEVC(_ units: [ArraySlice<UInt8>]) -> GroupStart {
        for unit in units {
            guard let first = unit.first else { continue }
            switch first >> 1 & 0x3F {
            case 17...20: return .closed
            case 21: return .open
            case 0...31: return .unknown
            default: continue
            }
        }
        return .unknown
    }

    /// Whether supplemental information holds a recovery point (payload 6) whose count of frames,
    /// the first Exp-Golomb code, is 0: its first bit is then 1.
    private static func hasInstantRecovery(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while rest.count > 2 {
            guard let kind = number(&rest), let byteCount = number(&rest) else { return false }
            if kind == 6 { return (rest.first ?? 0) & 0x80 != 0 }
            rest = rest.dropFirst(byteCount)
        }
        return false
    }

    /// A number as a run of 255s and what is less.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var number = 0
        while let byte = bytes.popFirst() {
            number += Int(byte)
            if byte < 255 { return number }
        }
        return nil
    }

    /// The units of a packet of H.264 or H.265, whichever form it has.
    package static func units(of frame: Frame) -> [ArraySlice<UInt8>] {
        let extraData = frame.extraDataInForce ?? []
        let bytes = frame.payload.array
        let name = frame.header.codec.name
        guard let sets = ParameterSets(codecName: name, extraData: extraData),
            let lengthByteCount = sets.lengthByteCount
        else { return ParameterSets.units(ofAnnexB: bytes) }
        var units: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while rest.count >= lengthByteCount {
            let byteCount = rest.prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(lengthByteCount)
            units.append(rest.prefix(byteCount))
            rest = rest.dropFirst(byteCount)
        }
        return units
    }
}
