internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Images
internal import Stages

// Raw frames as the image library takes them.

extension SampleLayout {
    /// FFmpeg's description of a pixel format; `nil` for formats that it describes in a way of
    /// their own, or that are no colours as people see them.
    init?(_ format: PixelFormat) {
        let name = format.name
        // Its luma has no constant step; XYZ and sensor data are no picture yet.
        guard name != "uyyvyy411", !name.hasPrefix("xyz"), !name.hasPrefix("bayer"),
            let layout = format.layout, let description = PixelFormatDescription(name: name)
        else { return nil }
        self.init(
            components: description.components.map {
                Component(
                    plane: $0.plane,
                    step: $0.step,
                    offset: $0.offset,
                    shift: $0.shift,
                    depth: $0.depth
                )
            },
            columnShift: description.chromaColumnShift,
            rowShift: description.chromaRowShift
        )
        hasAlpha = layout.flags.contains(.alpha)
        isBigEndian = layout.flags.contains(.bigEndian)
        isBitstream = layout.flags.contains(.bitstream)
        hasPalette = layout.flags.contains(.palette)
        isInverted = name == "monow"
        if name == "rgb8" {
            // FFmpeg 5.1 describes it with two bits of red; libswscale writes and reads three.
            for (index, (shift, depth)) in [(5, 3), (2, 3), (0, 2)].enumerated() {
                components[index].shift = shift
                components[index].depth = depth
            }
        }
    }
}

extension RawPicture {
    /// A raw frame with what its colours are taken for.
    ///
    /// - Throws: `unsuitable` for a pixel format that has no colours to show.
    static func make(of frame: Frame) throws -> RawPicture {
        guard let format = frame.header.pixelFormat, let layout = SampleLayout(format) else {
            throw StageError(
                .unsuitable,
                """
                frame \(frame.header.sequence) is \(frame.header.pixelFormat?.name ?? "a packet"), which \
                is not made into images; convert it with --pixel-format when it is ingested
                """
            )
        }
        var picture = RawPicture(frame, layout: layout, color: ColorDecision(frame.header))
        picture.peakLuminance = frame.peakLuminance
        return picture
    }
}

extension Frame {
    /// Light of the brightest pixel in cd/m²: MaxCLL, or the maximum of the mastering display
    /// (FFmpeg's `AVContentLightMetadata` and `AVMasteringDisplayMetadata`).
    fileprivate var peakLuminance: Double? {
        if let light = number(UInt32.self, at: 0, of: "content-light-level"), light > 0 {
            return Double(light)
        }
        // Six primaries, two white points and the minimum, each a fraction, stand before the
        // maximum; whether it is there, behind it.
        let kind = "mastering-display"
        guard let isThere = number(Int32.self, at: 84, of: kind), isThere != 0,
            let top = number(Int32.self, at: 72, of: kind), top > 0,
            let bottom = number(Int32.self, at: 76, of: kind), bottom > 0
        else { return nil }
        return Double(top) / Double(bottom)
    }

    /// A number in a piece of side data, as FFmpeg lays it out on a little-endian processor.
    private func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type,
        at offset: Int,
        of kind: String
    ) -> Number? {
        guard let piece = sideData.first(where: { $0.kind == kind }),
            piece.bytes.byteCount >= offset + MemoryLayout<Number>.size
        else { return nil }
        let bytes = piece.bytes.bytes
        return Number(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
        )
    }
}
