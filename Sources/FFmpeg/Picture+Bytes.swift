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

    /// Writes the picture to the start of `destination` as av_image_copy_to_buffer does without
    /// alignment: the format of rawvideo.
    ///
    /// Throws for a picture without ``tightByteCount()``, and where `destination` is too small.
    @_lifetime(destination: copy destination)
    public func copyTight(into destination: inout MutableRawSpan) throws(FFmpegError) {
        let byteCount = try tightByteCount()
        guard destination.byteCount >= byteCount else {
            throw FFmpegError(
                .invalidArgument,
                in: "av_image_copy_to_buffer",
                on: "\(byteCount) bytes into \(destination.byteCount)"
            )
        }
        let planes = try tightPlanes()
        unsafe destination.withUnsafeMutableBytes { buffer in
            guard var target = buffer.baseAddress else { return }
            for (index, plane) in planes.enumerated() {
                guard let source = unsafe cffmpeg_plane(pointer, Int32(index)) else { return }
                let stride = Int(unsafe cffmpeg_line_size(pointer, Int32(index)))
                if stride == plane.rowByteCount {
                    unsafe target.copyMemory(from: source, byteCount: plane.byteCount)
                } else {
                    for row in 0..<plane.rowCount {
                        unsafe (target + row * plane.rowByteCount).copyMemory(
                            from: source + row * stride,
                            byteCount: plane.rowByteCount
                        )
                    }
                }
                unsafe target += plane.byteCount
            }
        }
    }

    /// Replaces the pixels by those that ``copyTight(into:)`` wrote.
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
