internal import Buffers
internal import FFmpeg
internal import FrameFormat

/// Tells what of coded pictures FFmpeg does not decode: layers and views beside the base, and what
/// Dolby Vision puts on top of it. Pure.
struct CodedLayers {
    /// Packets that are looked at: what has layers has them from the start, and FFmpeg's parsers
    /// may make packets of their own of them.
    private static let packetCountMaximum = 8

    private var packetCount = 0
    private var lengthByteCount: Int?

    /// What the source's next packet shows to be beside the base layer, for a person; `nil` where
    /// that is nothing, or was said.
    mutating func remark(of packet: Frame) -> String? {
        guard packetCount < Self.packetCountMaximum else { return nil }
        packetCount += 1
        let codecName = packet.header.codec.name
        if let parameters = packet.header.codecParameters?.parameters {
            let reader = CodedHeaderReader(codecName: codecName, extraData: parameters.extraData)
            lengthByteCount = reader?.lengthByteCount
        }
        guard let kinds = Self.kinds(codecName), hasLayers(packet) else {
            return nil
        }
        packetCount = Self.packetCountMaximum
        return "the pictures have further layers or views (\(kinds)); the base alone is decoded, "
            + "and packets keep all"
    }

    private static func kinds(_ codecName: String) -> String? {
        switch codecName {
        case "h264": "SVC, MVC"
        case "hevc": "MV-HEVC, SHVC"
        default: nil
        }
    }

    private func hasLayers(_ packet: Frame) -> Bool {
        let codecName = packet.header.codec.name
        let bytes = packet.payload.array
        var units = CodedUnits(bytes, lengthByteCount: lengthByteCount)
        while let (start, first) = units.next() {
            if codecName == "h264" {
                // Slices of a layer or view (7.4.1): 20, and 21 with depth.
                if (20...21).contains(first & 0x1F) { return true }
            } else if start + 1 < bytes.count {
                // Slices (types below 32) with a number of a layer (7.3.1.2).
                let layer = (first & 1) << 5 | bytes[start + 1] >> 3
                if first >> 1 & 0x3F < 32, layer > 0 { return true }
            }
        }
        return false
    }

    /// What Dolby Vision needs beside the pictures of a stream, for a person; `nil` where they can
    /// be shown without.
    ///
    /// The configuration is FFmpeg's AVDOVIDecoderConfigurationRecord, of the fields of "Dolby
    /// Vision Streams Within the ISO Base Media File Format", section 3.2.
    static func dolbyVisionRemark(of stream: MediaStream) -> String? {
        let piece = stream.sideData.first { $0.name == "dovi-configuration" }
        guard let bytes = piece?.bytes, bytes.count >= 8 else { return nil }
        let (profile, hasEnhancement, compatibility) = (bytes[2], bytes[5] != 0, bytes[7])
        if hasEnhancement {
            return """
                Dolby Vision profile \(profile) has a second layer of pictures, which is not decoded; the base \
                layer is, and packets keep all
                """
        }
        guard compatibility == 0 else { return nil }
        return """
            Dolby Vision profile \(profile): its colours are right only with the metadata of each picture, which \
            are stored and not applied; shown without, they are wrong
            """
    }
}
