internal import FrameFormat
internal import FrameStreams

/// Numbers pictures as they come out of decoders, and knows which packets they account for. Pure.
struct PictureNumbers {
    /// Packets by which codecs reorder, generously.
    private static let delayMaximum: UInt64 = 64

    private var sequence: UInt64 = 0
    private var position = SourcePosition()
    /// Judges pictures until the first one counts.
    private var start: DecodeStart?

    /// Numbers from 1, or behind the pictures before `start`.
    init(from start: DecodeStart? = nil) {
        self.start = start
        guard let start else { return }
        sequence = start.sequence
        position = start.position
    }

    /// Notes that the picture of a packet came out, and so those of packets far in front of it.
    private mutating func account(for packet: SourcePosition) {
        let accounted = packet.origin > Self.delayMaximum ? packet.origin - Self.delayMaximum : 0
        position.origin = max(position.origin, accounted)
    }

    /// The next picture of a source, which began in `packet`, if that is known; `nil` for one that
    /// is from before the start.
    mutating func numbered(
        _ frame: Frame,
        from sourceID: UInt64,
        packet: SourcePosition?
    ) throws -> Frame? {
        if let start {
            guard try start.judge(frame.header) == .counts else { return nil }
            self.start = nil
        }
        enter(sourceID)
        sequence += 1
        position.ordinal += 1
        if let packet { account(for: packet) }
        var frame = frame
        frame.header.sequence = sequence
        frame.header.position = position
        return frame
    }

    /// A frame that was no packet, and keeps its number and its place in its source.
    mutating func passed(_ frame: Frame) -> Frame {
        sequence = max(sequence, frame.header.sequence)
        position = frame.header.position
        return frame
    }

    /// A gap from before the decoder, placed behind the pictures that have come out.
    mutating func placed(_ gap: Gap) -> Gap {
        enter(gap.position.sourceID)
        var gap = gap
        gap.position = position
        return gap
    }

    /// The gap for a packet that was refused, or for one that is not known.
    func gap(for packet: FrameHeader?, detail: String) -> Gap {
        let number = packet?.position.ordinal ?? 0
        return Gap(
            reason: .undecodable,
            position: position,
            unit: number == 0 ? .unknown : .packets,
            first: number,
            last: number,
            presentationTime: packet?.presentationTime?.time,
            detail: detail
        )
    }

    private mutating func enter(_ sourceID: UInt64) {
        guard sourceID != position.sourceID else { return }
        position = SourcePosition(sourceID: sourceID)
    }
}
