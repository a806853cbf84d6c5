package import Buffers
package import FrameFormat

extension Frame {
    /// The extra data that hold for the packet; `nil` behind the start of a group of pictures.
    package var extraDataInForce: [UInt8]? {
        let own = sideData.first { $0.origin == .packet && $0.kind == "new-extradata" }
        return own?.bytes.array ?? header.decoderContext?["new-extradata"]
            ?? header.codecParameters?.parameters?.extraData
    }

    /// The same packet as a decoder takes it that starts there.
    package func startingDecoder(_ pool: BufferPool) -> Frame {
        guard let context = header.decoderContext, !context.pieces.isEmpty else { return self }
        var frame = self
        for piece in context.pieces {
            if piece.kind == DecoderContext.headers {
                let bytes = piece.bytes + payload.array
                frame.payload = pool.makeBuffer(copying: bytes.rawSpan)
            } else if !sideData.contains(where: { $0.origin == .packet && $0.kind == piece.kind }),
                DecoderContext.lastingKinds.contains(piece.kind)
            {
                frame.sideData.append(
                    FrameFormat.SideData(
                        origin: .packet,
                        kind: piece.kind,
                        bytes: pool.makeBuffer(copying: piece.bytes.rawSpan)
                    )
                )
            }
        }
        return frame
    }
}
