/// Whether an MPEG-4 video codes its pictures as fields. Pure.
enum LayerFields {
    /// Reads the layer's header (ISO/IEC 14496-2, 6.2.3: `video_object_layer_start_code` up to
    /// `interlaced`); `nil` where there is none in `bytes`, and for shapes other than rectangles.
    static func areCoded(by bytes: [UInt8]) -> Bool? {
        guard bytes.count > 4,
            let start = (0..<(bytes.count - 4)).first(where: { place in
                bytes[place..<(place + 3)].elementsEqual([0, 0, 1])
                    && (0x20...0x2F).contains(bytes[place + 3])
            })
        else { return nil }
        var bits = BitReader(raw: bytes[(start + 4)...])
        bits.skip(1 + 8)
        guard let hasVersion = bits.take(1) else { return nil }
        if hasVersion == 1 { bits.skip(4 + 3) }
        // Sides that are stated apart.
        if bits.take(4) == 15 { bits.skip(8 + 8) }
        if bits.take(1) == 1 {
            bits.skip(2 + 1)
            if bits.take(1) == 1 { bits.skip(79) }
        }
        guard bits.take(2) == 0 else { return nil }
        bits.skip(1)
        guard let resolution = bits.take(16), resolution > 0 else { return nil }
        bits.skip(1)
        // As many bits as times below the resolution need.
        if bits.take(1) == 1 {
            bits.skip(max(1, UInt64.bitWidth - (resolution - 1).leadingZeroBitCount))
        }
        bits.skip(1 + 13 + 1 + 13 + 1)
        return bits.take(1).map { $0 == 1 }
    }
}
