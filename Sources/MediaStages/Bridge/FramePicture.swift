internal import Buffers
package import FFmpeg
package import FrameFormat
internal import Stages

/// Makes frames of decoded pictures, with the one copy that a pixel sees between decoder and store.
struct PictureFramer {
    /// What a picture inherits from the packets it was decoded from.
    struct Inheritance {
        /// Seconds in a tick of the picture's times.
        var timeBase: Rational?
        /// What the container says about colours.
        var color: FFmpeg.ColorValues?
        /// What the container says about turning the picture.
        var displayMatrix: FrameFormat.DisplayMatrix?
        /// Width over height of a sample, as the packets have it.
        var sampleAspectRatio: Rational?
        /// Whether the container said so, and not the coded stream.
        var isAspectOfContainer = false
        /// What the container says about fields, where pictures do not say it.
        var fieldOrder = FieldOrder.unknown
        /// What the container says for all pictures, as side data of theirs.
        var sideData: [FrameFormat.SideData] = []

        init(timeBase: Rational?) {
            self.timeBase = timeBase
        }
    }

    /// Side data that the header has a field for.
    private static let kindsInHeader: Set<String> = [FFmpeg.SideData.displayMatrix]

    let pool: BufferPool

    /// The frame for `picture`, not yet numbered.
    ///
    /// - Throws: `unsuitable` for a pixel format that the frame format does not hold.
    func frame(
        from picture: borrowing Picture,
        inheriting inheritance: Inheritance
    ) throws -> Frame {
        var frame = try outline(of: picture, inheriting: inheritance)
        frame.payload = try payload(of: picture)
        return frame
    }

    /// The frame for `picture`, not yet numbered and without its pixels.
    ///
    /// - Throws: `unsuitable` for a pixel format that the frame format does not hold.
    func outline(
        of picture: borrowing Picture,
        inheriting inheritance: Inheritance
    ) throws -> Frame {
        let format = try Self.storableFormat(of: picture)
        return Frame(
            header: header(of: picture, format: format, inheriting: inheritance),
            payload: pool.makeBuffer(byteCount: 0).freeze(),
            sideData: sideData(of: picture, inheriting: inheritance)
        )
    }

    /// The pixels of `picture`.
    func payload(of picture: borrowing Picture) throws -> Buffer {
        var payload = pool.makeBuffer(byteCount: try picture.tightByteCount())
        var checksum = CRC32C()
        var offset = 0
        try picture.forEachTightRun { run in
            checksum = payload.stream(run, at: offset, after: checksum)
            offset += run.byteCount
        }
        return payload.freeze(checksum: checksum)
    }

    /// The name and the layout of the picture's samples.
    private static func storableFormat(
        of picture: borrowing Picture
    ) throws -> (PixelFormat, PixelLayout) {
        let name = picture.pixelFormat ?? "unknown"
        guard let format = PixelFormat(name: name), let layout = format.layout else {
            let isFloat = PixelFormatDescription(name: name)?.isFloat ?? false
            let deep = name.hasPrefix("gray") ? "gray16le" : "gbrp16le"
            throw StageError(
                .unsuitable,
                """
                pictures of the pixel format \(name)\(isFloat ? " (floating point)" : "") cannot be \
                stored; convert them with --pixel-format \(isFloat ? deep : "yuv420p")
                """
            )
        }
        return (format, layout)
    }

    private func header(
        of picture: borrowing Picture,
        format: (PixelFormat, PixelLayout),
        inheriting inheritance: Inheritance
    ) -> FrameHeader {
        let width = UInt32(picture.width)
        let height = UInt32(picture.height)
        var header = FrameHeader(codec: .raw, width: width, height: height, pixelFormat: format.0)
        header.planes = format.1.planes(width: width, height: height)
        header.flags = [.keyframe]
        if picture.isKey { header.flags.insert(.sourceKeyframe) }
        let timeBase = inheritance.timeBase
        // Without a time of its own, a picture gets the decoder's best guess, and says so.
        header.presentationTime =
            StampedTime(picture.presentationTimestamp, in: timeBase, provenance: .container)
            ?? StampedTime(picture.bestEffortTimestamp, in: timeBase, provenance: .derived)
        header.decodeTime = StampedTime(
            picture.decodeTimestamp,
            in: timeBase,
            provenance: .container
        )
        header.duration = StampedTime(picture.duration, in: timeBase, provenance: .container)
        header.color = picture.color.description(statedByContainer: inheritance.color)
        let aspect = inheritance.aspect(of: picture.sampleAspectRatio?.rational)
        header.sampleAspectRatio = aspect.ratio
        header.sampleAspectRatioProvenance = aspect.provenance
        header.displayMatrix =
            picture.displayMatrix.map { FrameFormat.DisplayMatrix(elements: $0.values) }
            ?? inheritance.displayMatrix
        header.fieldOrder =
            picture.isInterlaced
            ? picture.isTopFieldFirst ? .topFirst : .bottomFirst
            : inheritance.fieldOrder == .unknown ? .progressive : inheritance.fieldOrder
        header.repeatCount = UInt8(clamping: picture.repeatedFields)
        return header
    }

    private func sideData(
        of picture: borrowing Picture,
        inheriting inheritance: Inheritance
    ) -> [FrameFormat.SideData] {
        let own = picture.sideData.filter { !Self.kindsInHeader.contains($0.name) }.map { piece in
            FrameFormat.SideData(
                origin: .picture,
                kind: piece.name,
                bytes: pool.makeBuffer(copying: piece.bytes.rawSpan)
            )
        }
        // What the picture says for itself comes before what is said for all.
        return own
            + inheritance.sideData.filter { piece in
                !own.contains { $0.kind == piece.kind }
            }
    }
}

extension Picture {
    /// A picture of FFmpeg's with the pixels and the meaning of a raw frame.
    package static func make(of frame: Frame) throws -> Picture {
        guard let format = frame.header.pixelFormat else {
            throw StageError(
                .unsuitable,
                "frame \(frame.header.sequence) is a packet of \(frame.header.codec.name), not a picture"
            )
        }
        var picture = try Picture(
            width: Int(frame.header.width),
            height: Int(frame.header.height),
            pixelFormat: format.name
        )
        try picture.fillTight(from: frame.payload.bytes)
        picture.color = frame.header.color.values
        picture.sampleAspectRatio = frame.header.sampleAspectRatio?.fraction
        picture.isInterlaced = [.topFirst, .bottomFirst].contains(frame.header.fieldOrder)
        picture.isTopFieldFirst = frame.header.fieldOrder == .topFirst
        picture.presentationTimestamp = frame.header.presentationTime?.time.value
        return picture
    }
}
