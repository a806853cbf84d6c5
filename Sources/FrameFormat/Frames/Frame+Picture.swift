public import Buffers

extension Frame {
    /// Where pictures lie whose maker has no pool: one for all, so that their memory is used again.
    private static let picturePool = BufferPool()

    /// A raw picture.
    ///
    /// - Parameters:
    ///   - bytes: Tight rows, one plane behind the other, as `ffmpeg -f rawvideo` has them.
    ///   - width: Columns.
    ///   - height: Rows.
    ///   - pixelFormat: FFmpeg's name of how samples lie, such as `yuv420p`, `rgb24` or `gray`.
    ///   - time: When it is shown.
    ///   - pool: Where the memory of the payload comes from; `nil` for one that all such pictures
    ///     share.
    /// - Throws: For a format that cannot be stored, and for another number of bytes than such a
    ///   picture has.
    public init(
        picture bytes: RawSpan,
        width: UInt32,
        height: UInt32,
        pixelFormat: String,
        time: MediaTime? = nil,
        pool: BufferPool? = nil
    ) throws(PictureError) {
        guard let format = PixelFormat(name: pixelFormat), let layout = format.layout else {
            throw PictureError(
                description: "'\(pixelFormat)' is no pixel format that can be stored"
            )
        }
        let byteCount = layout.payloadByteCount(width: width, height: height)
        guard UInt64(bytes.byteCount) == byteCount else {
            throw PictureError(
                description:
                    "a picture of \(width)x\(height) in \(pixelFormat) has \(byteCount) bytes, not \(bytes.byteCount)"
            )
        }
        var header = FrameHeader(
            codec: .raw,
            width: width,
            height: height,
            pixelFormat: format
        )
        header.planes = layout.planes(width: width, height: height)
        header.presentationTime = time.map { StampedTime($0, provenance: .user) }
        self.init(header: header, payload: (pool ?? Self.picturePool).makeBuffer(copying: bytes))
    }
}

/// Why bytes are no picture.
public struct PictureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected: one line, lower case, no full stop.
    public let description: String
}
