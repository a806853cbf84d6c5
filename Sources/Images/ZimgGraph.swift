internal import CZimg

/// A conversion of zimg's: a fixed chain of filters from one format of planes to another.
///
/// Wraps `zimg_filter_graph`. Used by one thread at a time.
@safe
final class ZimgGraph {
    /// Planes of samples and what they mean.
    struct Format: Hashable {
        enum Family: Hashable {
            case gray
            case rgb
            case yuv
        }

        enum Sample: Hashable {
            case byte
            case word
            case float

            var byteCount: Int {
                switch self {
                case .byte: 1
                case .word: 2
                case .float: 4
                }
            }
        }

        var width: Int
        var height: Int
        var family: Family
        var sample: Sample
        var depth: Int
        var columnShift = 0
        var rowShift = 0
        var isFullRange: Bool
        var matrix: UInt8
        var primaries: UInt8
        var transfer: UInt8
        var chromaLocation: UInt8
        var hasAlpha = false

        /// Planes without alpha.
        var colorPlaneCount: Int { family == .gray ? 1 : 3 }

        /// Columns and rows of a plane.
        func size(ofPlane index: Int) -> (width: Int, height: Int) {
            guard family == .yuv, index == 1 || index == 2 else { return (width, height) }
            return (
                (width + (1 << columnShift) - 1) >> columnShift,
                (height + (1 << rowShift) - 1) >> rowShift
            )
        }

        /// Memory for all planes; alpha is the fourth, even of gray.
        func makePlanes() -> [SamplePlane?] {
            (0..<4).map { index in
                let isThere = index == 3 ? hasAlpha : index < colorPlaneCount
                guard isThere else { return nil }
                let (width, height) = size(ofPlane: index)
                return SamplePlane(
                    width: width,
                    height: height,
                    sampleByteCount: sample.byteCount
                )
            }
        }
    }

    /// The part of the source that is shown, in its columns and rows.
    struct Region: Hashable {
        var width: Int
        var height: Int
    }

    /// Light in cd/m² that the value 1 of linear samples stands for.
    static let nominalLuminance = 100.0

    private let graph: OpaquePointer
    private let scratch: AlignedMemory

    /// Builds the chain. Chroma is resampled linearly, everything else by a cubic filter.
    init(from source: Format, region: Region? = nil, to target: Format) throws(ImageError) {
        var from = Self.zimgFormat(source)
        if let region {
            from.active_region.left = 0
            from.active_region.top = 0
            from.active_region.width = Double(region.width)
            from.active_region.height = Double(region.height)
        }
        var to = Self.zimgFormat(target)
        var parameters = zimg_graph_builder_params()
        unsafe zimg_graph_builder_params_default(&parameters, czimg_version())
        parameters.resample_filter = ZIMG_RESIZE_BICUBIC
        parameters.resample_filter_uv = ZIMG_RESIZE_BILINEAR
        parameters.dither_type = ZIMG_DITHER_NONE
        parameters.nominal_peak_luminance = Self.nominalLuminance
        guard let graph = unsafe zimg_filter_graph_build(&from, &to, &parameters) else {
            throw Self.lastError("zimg_filter_graph_build", .unsupported)
        }
        var byteCount = 0
        guard unsafe zimg_filter_graph_get_tmp_size(graph, &byteCount) == ZIMG_ERROR_SUCCESS else {
            unsafe zimg_filter_graph_free(graph)
            throw Self.lastError("zimg_filter_graph_get_tmp_size", .failed)
        }
        unsafe self.graph = graph
        scratch = AlignedMemory(byteCount: byteCount)
    }

    deinit {
        unsafe zimg_filter_graph_free(graph)
    }

    /// Converts whole planes.
    func process(_ source: [SamplePlane?], into target: [SamplePlane?]) throws(ImageError) {
        var from = zimg_image_buffer_const()
        var to = zimg_image_buffer()
        for (index, plane) in source.enumerated() {
            guard let plane else { continue }
            unsafe czimg_set_source(&from, Int32(index), plane.address, plane.stride)
        }
        for (index, plane) in target.enumerated() {
            guard let plane else { continue }
            unsafe czimg_set_target(&to, Int32(index), plane.address, plane.stride)
        }
        let status = unsafe zimg_filter_graph_process(
            graph,
            &from,
            &to,
            scratch.address,
            nil,
            nil,
            nil,
            nil
        )
        guard status == ZIMG_ERROR_SUCCESS else {
            throw Self.lastError("zimg_filter_graph_process", .failed)
        }
    }

    private static func zimgFormat(_ format: Format) -> zimg_image_format {
        var result = zimg_image_format()
        unsafe zimg_image_format_default(&result, czimg_version())
        result.width = UInt32(format.width)
        result.height = UInt32(format.height)
        result.pixel_type =
            switch format.sample {
            case .byte: ZIMG_PIXEL_BYTE
            case .word: ZIMG_PIXEL_WORD
            case .float: ZIMG_PIXEL_FLOAT
            }
        result.depth = UInt32(format.depth)
        result.subsample_w = UInt32(format.columnShift)
        result.subsample_h = UInt32(format.rowShift)
        result.color_family =
            switch format.family {
            case .gray: ZIMG_COLOR_GREY
            case .rgb: ZIMG_COLOR_RGB
            case .yuv: ZIMG_COLOR_YUV
            }
        result.matrix_coefficients = .init(Int32(format.matrix))
        result.color_primaries = .init(Int32(format.primaries))
        result.transfer_characteristics = .init(Int32(format.transfer))
        result.pixel_range =
            format.isFullRange ? ZIMG_RANGE_FULL : ZIMG_RANGE_LIMITED
        // zimg counts locations from 0, FFmpeg from 1.
        result.chroma_location = .init(Int32(format.chromaLocation) - 1)
        result.alpha = format.hasAlpha ? ZIMG_ALPHA_STRAIGHT : ZIMG_ALPHA_NONE
        return result
    }

    private static func lastError(_ function: String, _ code: ImageError.Code) -> ImageError {
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            unsafe zimg_get_last_error(buffer.baseAddress, buffer.count)
            guard let start = buffer.baseAddress else { return "" }
            return unsafe String(cString: start)
        }
        return ImageError(code, "\(function): \(text)")
    }
}
