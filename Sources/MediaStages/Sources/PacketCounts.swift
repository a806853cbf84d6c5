internal import FFmpeg
internal import FrameFormat

/// Numbers the packets of a source, and notices what is wrong with their order. Pure.
struct PacketCounts {
    /// Reads in a row that may fail before a source is given up.
    private static let failureCountMaximum = 1000

    private let sourceID: UInt64
    private(set) var packetCount: UInt64 = 0
    private var failureCount = 0
    private var lastDecodeTimestamp: Int64?
    /// The time of an image of a numbered sequence.
    var tick: StampedTime?

    init(sourceID: UInt64) {
        self.sourceID = sourceID
    }

    private var position: SourcePosition {
        SourcePosition(sourceID: sourceID, ordinal: packetCount, origin: packetCount)
    }

    /// The place of the next packet.
    mutating func next() -> SourcePosition {
        packetCount += 1
        failureCount = 0
        return position
    }

    /// A gap where decode times jump back.
    mutating func timeStep(at timestamp: Int64?) -> Gap? {
        defer { lastDecodeTimestamp = timestamp ?? lastDecodeTimestamp }
        guard let timestamp, let last = lastDecodeTimestamp, timestamp < last else { return nil }
        return Gap(
            reason: .timeStep,
            position: position,
            detail: "decode times jump back from \(last) to \(timestamp)"
        )
    }

    /// The gap for a read that failed, and for what was said meanwhile.
    mutating func gap(for error: FFmpegError, heard: [MediaLoss]) -> Gap {
        failureCount += 1
        return Gap(
            reason: .unreadable,
            position: position,
            detail: (heard.map(\.text) + ["\(error)"]).joined(separator: "; ")
        )
    }

    /// One gap for losses that were heard together.
    func gap(for losses: [MediaLoss]) -> Gap? {
        guard !losses.isEmpty else { return nil }
        let isTruncated = losses.allSatisfy { $0.kind == .truncated }
        return gap(
            isTruncated ? .truncated : .unreadable,
            detail: losses.map(\.text).joined(separator: "; ")
        )
    }

    /// A gap behind the last packet.
    func gap(_ reason: Gap.Reason, packets: ClosedRange<UInt64>? = nil, detail: String) -> Gap {
        Gap(
            reason: reason,
            position: position,
            unit: packets == nil ? .unknown : .packets,
            first: packets?.lowerBound ?? 0,
            last: packets?.upperBound ?? 0,
            detail: detail
        )
    }

    /// Whether there is hope to find more after a failure.
    var mayReadOn: Bool { failureCount < Self.failureCountMaximum }

    /// The gap at the end of a file whose index knows of more packets.
    func shortfall(since start: UInt64, indexed count: Int64?) -> Gap? {
        guard let count = count.flatMap(UInt64.init(exactly:)), packetCount - start < count else {
            return nil
        }
        return gap(
            .truncated,
            packets: packetCount + 1...start + count,
            detail: "the file ends after \(packetCount - start) of \(count) packets"
        )
    }
}
