internal import CTurboJPEG

/// Encodes JPEG files, through libjpeg-turbo's TurboJPEG. Used by one task at a time.
@safe
public final class JPEGEncoder {
    private let handle: tjhandle
    /// TurboJPEG's memory for a file, as large as the largest so far, and the bytes of the last.
    private var file: UnsafeMutablePointer<UInt8>?
    private var byteCount: UInt = 0

    /// Makes an encoder.
    public init() throws(ImageError) {
        guard let handle = unsafe tjInitCompress() else {
            throw ImageError(.failed, "tjInitCompress: out of memory")
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe tjFree(file)
        unsafe tjDestroy(handle)
    }

    /// Encodes luma and chroma as they are.
    ///
    /// - Parameters:
    ///   - picture: The planes.
    ///   - quality: 1 to 100, libjpeg's scale.
    ///   - aspect: Width over height of a pixel, as two small numbers.
    public func encode(
        _ picture: JPEGPlanes,
        quality: Int,
        aspect: (UInt32, UInt32)? = nil
    ) throws(ImageError) -> [UInt8] {
        var addresses = unsafe picture.planes.map {
            unsafe UnsafePointer($0.address.assumingMemoryBound(to: UInt8.self)) as Optional
        }
        var strides = picture.planes.map { Int32($0.stride) }
        return unsafe try finish(aspect) { file, byteCount in
            unsafe tjCompressFromYUVPlanes(
                handle,
                &addresses,
                Int32(picture.width),
                &strides,
                Int32(picture.height),
                picture.subsampling,
                &file,
                &byteCount,
                Int32(quality),
                0
            )
        }
    }

    /// Encodes gray or RGB pixels of 8 bits, with chroma as fine as luma. Alpha was composed
    /// before.
    public func encode(
        _ pixels: ImagePixels,
        quality: Int,
        aspect: (UInt32, UInt32)? = nil
    ) throws(ImageError) -> [UInt8] {
        precondition(pixels.depth == 8 && pixels.channelCount % 2 == 1, "JPEG has no alpha")
        let isGray = pixels.channelCount == 1
        return unsafe try finish(aspect) { file, byteCount in
            unsafe tjCompress2(
                handle,
                pixels.plane.address.assumingMemoryBound(to: UInt8.self),
                Int32(pixels.width),
                Int32(pixels.plane.stride),
                Int32(pixels.height),
                isGray ? Int32(TJPF_GRAY.rawValue) : Int32(TJPF_RGB.rawValue),
                &file,
                &byteCount,
                isGray ? Int32(TJSAMP_GRAY.rawValue) : Int32(TJSAMP_444.rawValue),
                Int32(quality),
                0
            )
        }
    }

    /// Runs the library's function, and copies the file.
    private func finish(
        _ aspect: (UInt32, UInt32)?,
        _ compress: (inout UnsafeMutablePointer<UInt8>?, inout UInt) -> Int32
    ) throws(ImageError) -> [UInt8] {
        let status = unsafe compress(&file, &byteCount)
        guard status == 0, let file = unsafe file else {
            let text = unsafe tjGetErrorStr2(handle).map { unsafe String(cString: $0) } ?? ""
            throw ImageError(.failed, "tjCompress: \(text)")
        }
        var bytes = unsafe [UInt8](UnsafeBufferPointer(start: file, count: Int(byteCount)))
        if let aspect { Self.setAspect(aspect, in: &bytes) }
        return bytes
    }

    /// Writes the shape of a pixel into the JFIF header, which TurboJPEG always writes first
    /// (ITU-T T.871 section 10.1): no unit, then the two densities.
    private static func setAspect(_ aspect: (UInt32, UInt32), in bytes: inout [UInt8]) {
        guard bytes.count > 18, Array(bytes[6..<10]) == Array("JFIF".utf8),
            let width = UInt16(exactly: aspect.0), let height = UInt16(exactly: aspect.1)
        else { return }
        // A pixel that is wide has few of its like in an inch.
        bytes[13] = 0
        (bytes[14], bytes[15]) = (UInt8(height >> 8), UInt8(height & 255))
        (bytes[16], bytes[17]) = (UInt8(width >> 8), UInt8(width & 255))
    }
}

extension JPEGPlanes {
    /// TurboJPEG's name for how coarse chroma is.
    fileprivate var subsampling: Int32 {
        guard planes.count == 3 else { return Int32(TJSAMP_GRAY.rawValue) }
        return switch (columnShift, rowShift) {
        case (0, 0): Int32(TJSAMP_444.rawValue)
        case (1, 0): Int32(TJSAMP_422.rawValue)
        case (0, 1): Int32(TJSAMP_440.rawValue)
        default: Int32(TJSAMP_420.rawValue)
        }
    }
}
