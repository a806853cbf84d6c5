internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams

extension Frame {
    /// What FFmpeg's decoder, or a muxer, is opened with for this packet and those behind it.
    func decoderParameters(
        _ parameters: FrameFormat.CodecParameters
    ) -> FFmpeg.CodecParameters {
        var result = header.decoderParameters(parameters)
        if AlphaChannel.secondPicture(of: self) != nil,
            let format = AlphaChannel.pixelFormat(
                of: header.codec.name,
                opaque: result.pixelFormat
            )
        {
            result.pixelFormat = format
        }
        // FFmpeg takes a first image of much fewer rows than the container states for a field
        // (ff_mjpeg_decode_sof); inside of a stream that is decided, and an image alone is none.
        if header.codec.name == "mjpeg", header.position.ordinal > 1,
            let rows = JPEGRows.ofOnlyImage(in: payload.array)
        {
            result.height = rows
        }
        return result
    }
}

extension FrameHeader {
    /// What FFmpeg's decoder is opened with.
    func decoderParameters(
        _ parameters: FrameFormat.CodecParameters
    ) -> FFmpeg.CodecParameters {
        var result = FFmpeg.CodecParameters(
            codecName: codec.name,
            width: Int(width),
            height: Int(height)
        )
        result.codecTag = parameters.codecTag
        result.extradata = parameters.extraData
        result.profile = parameters.profile  // The frame format took FFmpeg's number for "unknown".
        result.level = parameters.level
        result.pixelFormat = parameters.pixelFormat?.name
        result.bitsPerCodedSample = parameters.bitsPerCodedSample
        result.bitsPerRawSample = parameters.bitsPerRawSample
        result.videoDelay = parameters.videoDelay
        result.sampleAspectRatio = sampleAspectRatio?.fraction
        result.fieldOrder = fieldOrder.mediaOrder
        result.color = color.values
        result.timeBase = timeBase?.fraction
        result.frameRate = frameRate?.fraction
        return result
    }
}
