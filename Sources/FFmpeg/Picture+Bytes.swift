import CFFmpeg

extension Picture {
    /// The bytes of all visible rows without the gaps between them, plane by plane, a palette
    /// behind them.
    ///
    /// Throws for an empty picture and for one in a device's memory.
    public func tightByteCount() throws(FFmpegError) -> Int {
        guard let description = PixelFormatDescription(format),
            let byteCount = description.byteCount(width: width, height: height)
        else { throw FFmpegError(.invalidArgument, in: "av_image_get_buffer_size") }
        return byteCount
    }

    /// Calls `body` with the bytes of all visible rows, in the order of av_image_copy_to_buffer
    /// without alignment, which is that of rawvideo: a plane at a time where its rows touch, a row
    /// at a time otherwise. Together they are ``tightByteCount()`` bytes.
    ///
    /// Throws for a picture without ``tightByteCount()``.
    public func forEachTightRun(_ body: (RawSpan) -> Void) throws(FFmpegError) {
        for (index, plane) in try tightPlanes().enumerated() {
            guard let start = unsafe cffmpeg_plane(pointer, Int32(index)) else {
                throw FFmpegError(.invalidArgument, in: "av_frame_get_plane_buffer")
            }
            let stride = Int(unsafe cffmpeg_line_size(pointer, Int32(index)))
            let isOneRun = stride == plane.rowByteCount
            let byteCount = isOneRun ? plane.byteCount : plane.rowByteCount
            for run in 0..<(isOneRun ? 1 : plane.rowCount) {
                let span = unsafe Memory.span(start + run * stride, byteCount)
                body(span)
            }
        }
    }

    /// Replaces the pixels by those of ``forEachTightRun(_:)``.
    ///
    /// Throws where `source` is too small, and where something else holds the picture's memory
    /// and no other can be had.
    public mutating func fillTight(from source: RawSpan) throws(FFmpegError) {
        let byteCount = try tightByteCount()
        guard source.byteCount >= byteCount else {
            throw FFmpegError(
                .invalidArgument,
                in: "av_image_fill_arrays",
                on: "\(byteCount) bytes from \(source.byteCount)"
            )
        }
        try check(unsafe av_frame_make_writable(pointer), "av_frame_make_writable")
        let planes = try tightPlanes()
        unsafe source.withUnsafeBytes { buffer in
            guard var origin = buffer.baseAddress else { return }
            for (index, plane) in planes.enumerated() {
                guard let target = unsafe cffmpeg_plane(pointer, Int32(index)) else { return }
                let stride = Int(unsafe cffmpeg_line_size(pointer, Int32(index)))
                for row in 0..<plane.rowCount {
                    unsafe UnsafeMutableRawPointer(target + row * stride).copyMemory(
                        from: origin + row * plane.rowByteCount,
                        byteCount: plane.rowByteCount
                    )
                }
                unsafe origin += plane.byteCount
            }
        }
    }

    /// A plane without gaps.
    private struct TightPlane {
        var rowByteCount: Int
        var rowCount: Int
        var byteCount: Int { rowByteCount * rowCount }
    }

    /// The planes that the picture has, the palette as the last.
    private func tightPlanes() throws(FFmpegError) -> [TightPlane] {
        var rowByteCounts: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let result = unsafe withUnsafeMutablePointer(to: &rowByteCounts) { tuple in
            unsafe tuple.withMemoryRebound(to: Int32.self, capacity: 4) { first in
                unsafe av_image_fill_linesizes(first, format, Int32(width))
            }
        }
        try check(result, "av_image_fill_linesizes")
        guard let description = unsafe av_pix_fmt_desc_get(format) else {
            throw FFmpegError(.invalidArgument, in: "av_pix_fmt_desc_get")
        }
        let chromaShift = unsafe description.pointee.log2_chroma_h
        let chromaRows = (height + (1 << chromaShift) - 1) >> chromaShift
        var planes = [
            TightPlane(rowByteCount: Int(rowByteCounts.0), rowCount: height),
            TightPlane(rowByteCount: Int(rowByteCounts.1), rowCount: chromaRows),
            TightPlane(rowByteCount: Int(rowByteCounts.2), rowCount: chromaRows),
            TightPlane(rowByteCount: Int(rowByteCounts.3), rowCount: height),
        ].filter { $0.rowByteCount > 0 }
        if unsafe cffmpeg_has_palette(description) != 0 {
            planes.append(TightPlane(rowByteCount: Int(AVPALETTE_SIZE), rowCount: 1))
        }
        return planes
    }
}
