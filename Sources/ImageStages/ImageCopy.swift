internal import Buffers
internal import Digests
internal import FrameFormat
internal import Stages

/// Packets that are image files of their own, and leave as the bytes that came.
enum ImageCopy {
    /// The endings of files by FFmpeg's names of the codecs.
    private static let endings = [
        "mjpeg": "jpg", "ljpeg": "jpg", "png": "png", "webp": "webp", "tiff": "tiff", "bmp": "bmp",
        "gif": "gif", "jpegls": "jls", "jpegxl": "jxl", "dpx": "dpx", "exr": "exr", "psd": "psd",
        "qoi": "qoi", "pcx": "pcx", "sgi": "sgi", "sunrast": "ras", "targa": "tga", "dds": "dds",
        "hdr": "hdr", "pbm": "pbm", "pgm": "pgm", "ppm": "ppm", "pam": "pam", "pfm": "pfm",
        "phm": "phm", "xbm": "xbm", "xpm": "xpm", "xwd": "xwd", "fits": "fits", "svg": "svg",
    ]

    /// The ending of the file that a frame is.
    ///
    /// - Throws: `unsuitable` for a frame that is no file.
    static func fileEnding(of frame: Frame) throws(StageError) -> String {
        let header = frame.header
        guard header.codec != .raw else {
            throw StageError(
                .unsuitable,
                """
                frame \(header.sequence) is raw, and only packets are copied; choose --type png, or ingest the \
                images with --payload packets
                """
            )
        }
        let name = header.codec.name
        if name == "jpeg2000" { return isBox(frame.payload) ? "jp2" : "j2k" }
        // Of a moving GIF, only the first packet begins a file, and none of them ends one.
        guard let ending = endings[name], name != "gif" || isWholeGIF(frame.payload) else {
            throw StageError(
                .unsuitable,
                """
                frame \(header.sequence) is a packet of \(name) and no image file of its own; choose --type png \
                or another type, which decodes it
                """
            )
        }
        return ending
    }

    /// The file that a frame is.
    static func image(of frame: Frame) throws -> EncodedImage {
        let ending = try fileEnding(of: frame)
        let bytes = frame.payload.array
        return EncodedImage(
            header: frame.header,
            frame: FrameDocument(frame),
            bytes: bytes,
            width: Int(frame.header.width),
            height: Int(frame.header.height),
            color: nil,
            digest: SHA256.digest(of: bytes),
            remark: nil,
            ending: ending
        )
    }

    /// JPEG 2000 in its file format; without it, it is a codestream (ISO/IEC 15444-1 annex I).
    private static func isBox(_ payload: Buffer) -> Bool {
        starts(payload, with: [0, 0, 0, 12, 0x6A, 0x50])
    }

    private static func isWholeGIF(_ payload: Buffer) -> Bool {
        starts(payload, with: Array("GIF8".utf8)) && GIFBlocks(payload.array).endsAfterOneImage
    }

    private static func starts(_ payload: Buffer, with bytes: [UInt8]) -> Bool {
        let span = payload.bytes
        guard span.byteCount >= bytes.count else { return false }
        return bytes.indices.allSatisfy { index in
            unsafe span.unsafeLoad(fromByteOffset: index, as: UInt8.self) == bytes[index]
        }
    }
}

extension SHA256 {
    /// The hash of bytes that are there as a whole.
    static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes.rawSpan)
        return hash.finish()
    }
}
