import Buffers
import FrameFormat
import Pipelines
import Testing

/// Makers of frames and gaps that are told apart by their ordinals.
enum Elements {
    static let pool = BufferPool()

    /// A packet; the payload is not filled.
    static func packet(
        _ ordinal: UInt64,
        isKeyframe: Bool = false,
        byteCount: Int = 1,
        sourceID: UInt64 = 1
    ) throws -> Element {
        let codec = try #require(Codec(name: "h264"))
        var header = FrameHeader(codec: codec, width: 16, height: 16)
        header.position = SourcePosition(sourceID: sourceID, ordinal: ordinal, origin: ordinal)
        if isKeyframe { header.flags.insert(.keyframe) }
        let payload = pool.makeBuffer(byteCount: byteCount).freeze()
        return .frame(Frame(header: header, payload: payload))
    }

    /// A raw picture.
    static func picture(_ ordinal: UInt64, byteCount: Int = 1) -> Element {
        var header = FrameHeader(codec: .raw, width: 16, height: 16)
        header.position = SourcePosition(sourceID: 1, ordinal: ordinal, origin: ordinal)
        return .frame(
            Frame(header: header, payload: pool.makeBuffer(byteCount: byteCount).freeze())
        )
    }

    /// A gap that a source tells about.
    static func gap(after ordinal: UInt64, _ reason: Gap.Reason = .reconnect) -> Element {
        .gap(Gap(reason: reason, position: SourcePosition(sourceID: 1, ordinal: ordinal)))
    }
}

extension Element {
    /// The ordinal of a frame; `nil` for a gap.
    var ordinal: UInt64? {
        switch self {
        case .frame(let frame): frame.header.position.ordinal
        case .gap: nil
        }
    }

    /// The gap; `nil` for a frame.
    var gap: Gap? {
        switch self {
        case .frame: nil
        case .gap(let gap): gap
        }
    }
}
