internal import FFmpeg

extension MediaDescription {
    /// What of the container's statements FFmpeg in use does not show, for a person.
    public var remarks: [String] {
        var remarks: [String] = []
        var parameters = stream.parameters
        parameters.pixelFormat = stream.shownPixelFormat
        if stream.statesAlpha, !parameters.hasAlpha {
            remarks.append(
                """
                the container states alpha, which the FFmpeg in use does not decode from \(parameters.codecName) \
                of \(parameters.pixelFormat ?? "an unknown pixel format"); pictures are opaque, and packets keep it
                """
            )
        }
        if let cropping {
            remarks.append("\(cropping); pictures and packets are stored uncut")
        }
        if let remark = CodedLayers.dolbyVisionRemark(of: stream) { remarks.append(remark) }
        return remarks
    }
}
