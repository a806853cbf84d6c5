import CFFmpeg

/// Which of several decoders of a codec shows all that the container holds.
enum DecoderChoice {
    /// Matroska and WebM keep the alpha of VP8 and VP9 as a second picture beside each packet.
    /// FFmpeg's own decoders pass over it; those of libvpx show it.
    private static let alphaDecoders = ["vp8": "libvpx", "vp9": "libvpx-vp9"]

    /// The decoder for these parameters; `nil` where there is none for the codec.
    static func decoder(
        for parameters: CodecParameters,
        _ id: AVCodecID
    ) -> UnsafePointer<AVCodec>? {
        if parameters.hasAlpha, let name = alphaDecoders[parameters.codecName],
            let decoder = unsafe avcodec_find_decoder_by_name(name)
        {
            return unsafe decoder
        }
        return unsafe avcodec_find_decoder(id)
    }

    /// Whether a codec's alpha is shown.
    static func showsAlpha(of codecName: String) -> Bool {
        guard let name = alphaDecoders[codecName] else { return true }
        return unsafe avcodec_find_decoder_by_name(name) != nil
    }
}

extension Decoder {
    /// Whether a decoder is at hand that shows the alpha which a container keeps beside the packets
    /// of VP8 and VP9; true of all other codecs.
    public static func showsAlpha(of codecName: String) -> Bool {
        DecoderChoice.showsAlpha(of: codecName)
    }
}

extension CodecParameters {
    /// Whether the pictures have alpha, as their pixel format says.
    public var hasAlpha: Bool {
        guard let pixelFormat, let format = PixelFormatDescription(name: pixelFormat) else {
            return false
        }
        return format.componentCount == 2 || format.componentCount == 4
    }
}
