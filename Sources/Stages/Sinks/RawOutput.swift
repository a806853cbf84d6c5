internal import Buffers
package import FrameFormat
public import FrameStreams
public import Pipelines

/// What a sink has written, for the report at its end.
public struct OutputCounts: Hashable, Sendable {
    /// Frames written.
    public var frameCount: UInt64 = 0
    /// Frames among them that are marked corrupt.
    public var corruptFrameCount: UInt64 = 0
    /// Frames among them that are sound in themselves and rest on one that is not.
    public var dependentFrameCount: UInt64 = 0
    /// Frames among them of which the container says that they do not follow from the one before.
    public var discontinuityCount: UInt64 = 0
    /// Gaps met, time steps not counted.
    public var gapCount: UInt64 = 0
    /// Payload bytes written.
    public var byteCount: UInt64 = 0
    /// The numbers of the packets written, from the first to the last; `nil` where there were none.
    public private(set) var packets: ClosedRange<UInt64>?

    /// Nothing yet.
    public init() {}

    /// Whether something that the source had is missing or damaged.
    public var hasLosses: Bool { gapCount > 0 || corruptFrameCount > 0 || dependentFrameCount > 0 }

    /// Counts a frame.
    package mutating func count(_ frame: Frame) {
        frameCount += 1
        byteCount += UInt64(frame.payload.byteCount)
        count(frame.header.flags)
        let sequence = frame.header.sequence
        if frame.header.codec != .raw {
            packets =
                packets.map { min($0.lowerBound, sequence)...max($0.upperBound, sequence) }
                ?? sequence...sequence
        }
    }

    /// Counts what is wrong with a frame.
    package mutating func count(_ flags: FrameFlags) {
        if flags.contains(.corrupt) { corruptFrameCount += 1 }
        if flags.contains(.restsOnDamage) { dependentFrameCount += 1 }
        if flags.contains(.discontinuity) { discontinuityCount += 1 }
    }

    /// Counts what did not decode of packets, as storing their pictures would have.
    public mutating func count(_ census: Census) {
        corruptFrameCount += census.corrupt.count
        dependentFrameCount += census.resting.count
        gapCount += census.refused.count
    }

    /// Counts what is known of packets that were written as they are.
    public mutating func count(_ censuses: StreamCensus) {
        guard let packets else { return }
        let losses = censuses.losses(ofFrames: packets)
        // Packets that the first version of this program marked are among them.
        corruptFrameCount = max(corruptFrameCount, losses.corruptCount)
        dependentFrameCount = max(dependentFrameCount, losses.restingCount)
        gapCount += losses.refusedCount
    }

    /// Counts a gap, unless it is one in time alone.
    package mutating func count(_ gap: Gap) {
        if gap.isLoss { gapCount += 1 }
    }
}

/// Writes the payloads of frames one after the other, as `ffmpeg -f rawvideo` does.
public struct RawOutput: Sink {
    /// `raw`
    public static let kind = "raw"
    /// Writing to a pipe blocks.
    public static let execution = StageExecution.blocking

    private let output: ByteOutput
    private let report: @Sendable (OutputCounts) -> Void

    /// Writes to `output`, and tells `report` what was written so far after each element.
    public init(to output: ByteOutput, report: @escaping @Sendable (OutputCounts) -> Void) {
        self.output = output
        self.report = report
    }

    /// Writes all payloads.
    public func run(_ input: consuming FrameInput) async throws {
        var counts = OutputCounts()
        while let element = try await input.next() {
            switch element {
            case .frame(let frame):
                try output.write(frame.payload.bytes)
                counts.count(frame)
            case .gap(let gap):
                counts.count(gap)
            }
            report(counts)
        }
    }
}
