internal import FFmpeg
internal import FrameStreams

/// In codec parameters alpha is the pixel format `yuva420p`, which makes FFmpeg choose a decoder
/// that shows it and its muxer announce it.
extension AlphaChannel {
    /// The pixel format of the pictures of a stream that states alpha; `nil` where FFmpeg's
    /// decoders would not show it.
    static func pixelFormat(of codecName: String, opaque: String?) -> String? {
        guard codecs.contains(codecName), opaque == nil || opaque == "yuv420p",
            Decoder.showsAlpha(of: codecName)
        else { return nil }
        return "yuva420p"
    }
}

extension MediaStream {
    /// The pixel format of the pictures as they are decoded here: with the alpha that the container
    /// states and FFmpeg's probing does not see.
    var shownPixelFormat: String? {
        let opaque = parameters.pixelFormat
        guard statesAlpha else { return opaque }
        return AlphaChannel.pixelFormat(of: parameters.codecName, opaque: opaque) ?? opaque
    }
}
