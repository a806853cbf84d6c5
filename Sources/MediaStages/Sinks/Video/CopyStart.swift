internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams
internal import Pipelines

extension Frame {
    /// What a file is told whose first packet is this one.
    ///
    /// The codec parameters are those of the source's beginning. Behind it, the packets may have
    /// told another size and other parameter sets.
    func copyParameters(
        _ stored: FrameFormat.CodecParameters,
        pool: BufferPool
    ) throws -> FFmpeg.CodecParameters {
        var parameters = decoderParameters(stored)
        let start = startingDecoder(pool)
        parameters.extradata = start.extraDataInPackets ?? extraDataInForce ?? stored.extraData
        let isFirst = header.position.ordinal <= 1 && parameters.extradata == stored.extraData
        guard !isFirst, header.decoderContext != nil || extraDataInForce != stored.extraData else {
            return parameters
        }
        // What does not decode is copied as the source said it is.
        if let size = try? pictureSize(pool) { (parameters.width, parameters.height) = size }
        return parameters
    }

    /// The parameter sets that hold for the packet, if it has others than the extra data, in the
    /// form of Annex B; `nil` otherwise.
    private var extraDataInPackets: [UInt8]? {
        guard let known = extraDataInForce,
            let reader = CodedHeaderReader(codecName: header.codec.name, extraData: known),
            reader.lengthByteCount == nil, ["h264", "hevc"].contains(header.codec.name)
        else { return nil }
        var sets = reader.known
        for set in reader.headers(in: payload.array) { sets[set.slot] = set }
        guard sets != reader.known else { return nil }
        return sets.values.sorted { $0.slot < $1.slot }.flatMap(reader.form)
    }

    /// The size of the first picture; `nil` if the packet alone gives none.
    private func pictureSize(_ pool: BufferPool) throws -> (Int, Int)? {
        var options = Decode.Options()
        options.threadCount = 1
        var numbers = PictureNumbers()
        let session = try DecodeSession(for: self, options: options, pool: pool)
        try session.send(self)
        session.finish()
        while let element = try session.receive(&numbers) {
            if case .frame(let picture) = element {
                return (Int(picture.header.width), Int(picture.header.height))
            }
        }
        return nil
    }
}
