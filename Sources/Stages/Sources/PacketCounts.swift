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

    /// The gap for a read that failed.
    mutating func gap(for error: FFmpegError) -> Gap {
        failureCount += 1
        return Gap(reason: .unreadable, position: position, detail: "\(error)")
    }

    /// Whether there is hope to find more after a failure.
    var mayReadOn: Bool { failureCount < Self.failureCountMaximum }

    /// The gap at the end of a file whose own tables speak of more packets.
    func shortfall(since start: UInt64, of description: MediaDescription) -> Gap? {
        // Only this family of containers counts its packets exactly.
        guard description.formatName.split(separator: ",").contains("mp4"),
            let count = description.stream.frameCount, count > 0,
            packetCount - start < UInt64(count)
        else { return nil }
        return Gap(
            reason: .truncated,
            position: position,
            unit: .packets,
            first: packetCount + 1,
            last: start + UInt64(count),
            detail: "the file ends after \(packetCount - start) of \(count) packets"
        )
    }
}
