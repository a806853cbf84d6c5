internal import FFmpeg
internal import FrameFormat
internal import Stages

/// Watches a demuxer for losses that end no call: what FFmpeg only speaks of, what it leaves out,
/// and an end that comes too early.
struct LossWatch {
    private let description: MediaDescription
    private let start: UInt64
    private let isMP4: Bool
    private var placement: LossPlacement
    private var encrypted = PacketRun()
    private var repeated = PacketRun()
    private let isEncrypted: Bool
    /// What the edit list leaves of the packets; those of fragments come behind.
    private let editedCount: Int64
    /// Video in other streams.
    private(set) var otherVideo: OtherVideo
    private var end = PacketEnd()

    /// Begins behind the opening of the media.
    init(_ demuxer: inout Demuxer, _ description: MediaDescription, _ counts: PacketCounts) {
        self.description = description
        start = counts.packetCount
        isMP4 = description.formatName.split(separator: ",").contains("mp4")
        let losses = demuxer.takeLosses()
        isEncrypted = losses.contains { $0.kind == .encrypted }
        placement = LossPlacement(
            heardAtOpening: losses,
            playlist: description.formatName == "hls" ? description.stream.id : nil
        )
        let stream = description.stream
        editedCount =
            stream.frameCount == nil ? 0 : demuxer.indexedPacketCount(of: stream.index) ?? 0
        otherVideo = OtherVideo(
            chosen: stream.index,
            of: demuxer.streams,
            formatName: description.formatName
        )
    }

    /// Takes a packet of another stream.
    mutating func note(
        _ packet: borrowing Packet,
        of demuxer: borrowing Demuxer,
        _ counts: PacketCounts
    ) {
        let index = packet.streamIndex
        if otherVideo.asksKind(of: index) {
            let isVideo = demuxer.streams.contains { $0.index == index && $0.kind == .video }
            otherVideo.tell(index, isVideo: isVideo)
        }
        otherVideo.note(index, packetCount: counts.packetCount)
    }

    /// What is missing before a packet.
    ///
    /// - Throws: `badInput` where the first packet is encrypted.
    mutating func gaps(
        before packet: borrowing Packet,
        heard losses: [MediaLoss],
        _ counts: PacketCounts
    ) throws(StageError) -> [Gap] {
        let isFirst = counts.packetCount == start
        if isFirst, isEncrypted || packet.isEncrypted {
            throw MediaOpening.encrypted(description.name)
        }
        let ordinal = counts.packetCount + 1
        end.note(packet)
        let heard = placement.before(packetAt: packet.decodeTimestamp, heard: losses)
        let isRepeated =
            isMP4 && packet.flags.contains(.discard) && ordinal - start > editedCount
        return [
            counts.gap(for: heard),
            encrypted.take(ordinal, belongs: packet.isEncrypted).map(counts.gap(forEncrypted:)),
            repeated.take(ordinal, belongs: isRepeated).map(counts.gap(forRepeated:)),
        ].compactMap { $0 }
    }

    /// What is missing at the end.
    mutating func gaps(atEndOf demuxer: inout Demuxer, _ counts: PacketCounts) -> [Gap] {
        let stream = description.stream
        var gaps = [
            counts.gap(for: placement.atEnd(heard: demuxer.takeLosses())),
            encrypted.end().map(counts.gap(forEncrypted:)),
            repeated.end().map(counts.gap(forRepeated:)),
            counts.shortfall(
                since: start,
                indexed: demuxer.indexedPacketCount(of: stream.index)
            ),
        ].compactMap { $0 }
        if !gaps.contains(where: { $0.reason == .truncated }),
            let fault = StatedLength.fault(of: &demuxer, isIndexed: isMP4 && editedCount > 0)
        {
            gaps.append(counts.gap(for: fault))
        }
        if !gaps.contains(where: { $0.reason == .truncated }),
            let detail = end.fault(of: demuxer, formatName: description.formatName)
        {
            gaps.append(counts.gap(.truncated, detail: detail))
        }
        if let other = otherVideo.packetsInstead(packetCount: counts.packetCount) {
            gaps.append(
                counts.gap(
                    .unreadable,
                    detail: """
                        the video goes on in stream \(other.stream) of the container, \(other.count) packets \
                        that are not taken; --video-stream takes another
                        """
                )
            )
        }
        return gaps
    }
}

extension PacketCounts {
    fileprivate func gap(forEncrypted packets: ClosedRange<UInt64>) -> Gap {
        gap(.unreadable, packets: packets, detail: "these packets are encrypted")
    }

    fileprivate func gap(forRepeated packets: ClosedRange<UInt64>) -> Gap {
        gap(
            .unreadable,
            packets: packets,
            detail: "a fragment begins before the one in front of it ends; it is not shown"
        )
    }

    fileprivate func gap(for fault: StatedLength.Fault) -> Gap {
        switch fault {
        case .missing(let count, let stated):
            gap(.truncated, detail: "the media ends after \(count) of \(stated) bytes")
        case .unread(let offset):
            gap(
                .unreadable,
                detail: "more media follows at byte \(offset), which FFmpeg does not read"
            )
        case .endless:
            gap(.truncated, detail: "the media has no end; it is cut off")
        }
    }

    /// The gap for an image of a sequence that is not there.
    func gap(for hole: SequenceHoles.Hole) -> Gap {
        gap(
            .unreadable,
            detail: hole.count == 1
                ? "image \(hole.first) of the sequence is missing"
                : "\(hole.count) images of the sequence are missing, \(hole.first) to \(hole.last)"
        )
    }

    /// The gap for the pages behind the first, of an image that has several.
    func gap(forPagesOf image: RawSpan, _ stream: MediaStream) -> Gap? {
        guard stream.parameters.codecName == "tiff" else { return nil }
        let count = TIFFPages.count(in: image)
        guard count > 1 else { return nil }
        return gap(
            .unsupported,
            detail: "the file has \(count) pages, of which the first is taken"
        )
    }
}
