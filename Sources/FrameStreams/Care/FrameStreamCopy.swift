internal import Buffers
internal import FrameFormat

/// Copies a whole stream into another, record by record: frames with their times, ordinals and side
/// data, gaps, sources and marks. The index and the lists of ended sources are written anew.
///
/// Frames keep their sequence numbers: damaged ones become a gap that stands for them. Only if the
/// first frames were given up with the head of the source, numbers start at 1 again. A copy that
/// was interrupted goes on behind what the target has.
public struct FrameStreamCopy: Sendable {
    /// How far a copy has come.
    public struct Progress: Hashable, Sendable {
        /// Frames that were in the target already.
        public fileprivate(set) var existingFrameCount: UInt64 = 0
        /// Frames that were copied.
        public fileprivate(set) var frameCount: UInt64 = 0
        /// Frames that their source marked corrupt, those that were there included.
        public fileprivate(set) var corruptFrameCount: UInt64 = 0
        /// Gaps in which frames are missing, those of damage and those that were there included.
        public fileprivate(set) var gapCount: UInt64 = 0
        /// Bytes of payload that were copied.
        public fileprivate(set) var byteCount: UInt64 = 0

        /// Nothing so far.
        public init() {}
    }

    /// The target holds something that is not the beginning of the source.
    public struct TargetDiffers: Error, Sendable {
        /// Which of the target's frames, gaps, sources and marks is not the source's, from 1.
        public let number: UInt64
    }

    /// What a record is recognised by.
    private enum Key: Hashable {
        case frame(SourcePosition, StampedTime?, FrameFlags, UInt32, UInt32)
        case gap(Gap)
        case begin(String, SourceFingerprint, String)
        case end(UInt64, UInt64)
        case mark(Mark)

        init?(_ record: Record) {
            switch record {
            case .frame(let frame):
                let header = frame.header
                var position = header.position
                position.sourceID = 0
                self = .frame(
                    position,
                    header.presentationTime,
                    header.flags,
                    header.width,
                    header.height
                )
            case .gap(var gap):
                gap.position.sourceID = 0
                self = .gap(gap)
            case .index: return nil
            case .sourceBegin(let begin):
                self = .begin(begin.name, begin.fingerprint, begin.selection)
            case .sourceEnd(let end): self = .end(end.frameCount, end.gapCount)
            case .mark(let mark):
                // It says where sources are in the other stream.
                if mark.key == SourceDigestMark.key { return nil }
                self = .mark(mark)
            }
        }
    }

    private var records: FrameStreamReader
    private let writer: FrameStreamWriter
    private var sourceID: UInt64 = 0
    private var progress = Progress()

    /// Copies what `records` reads, from its start on, to `writer`, which stays open.
    public init(_ records: FrameStreamReader, to writer: FrameStreamWriter) {
        self.records = records
        self.writer = writer
    }

    /// Copies everything that the target does not have, and makes it durable.
    ///
    /// - Parameters:
    ///   - target: Reads what the target has, from its start, without payloads.
    ///   - isStopped: Whether to end early; looked at between records.
    ///   - onFault: Hears of damage in the source.
    ///   - report: Hears how far the copy has come.
    /// - Throws: ``TargetDiffers``; what the stores say.
    public mutating func run(
        behind target: inout FrameStreamReader,
        isStopped: @Sendable () -> Bool,
        onFault: @Sendable (StreamFaultItem) -> Void,
        report: @Sendable (Progress) -> Void
    ) async throws -> Progress {
        var number: UInt64 = 0
        var hasTarget = true
        while !isStopped(), let item = try await records.next() {
            if case .fault(let fault) = item { onFault(fault) }
            guard let record = Self.copied(item), let key = Key(record) else { continue }
            number += 1
            if hasTarget, let existing = try await Self.nextKey(&target) {
                guard existing == key else { throw TargetDiffers(number: number) }
                pass(record)
                continue
            }
            hasTarget = false
            try await write(record, isStandIn: item.isStandIn)
            report(progress)
        }
        if hasTarget, !isStopped(), try await Self.nextKey(&target) != nil {
            throw TargetDiffers(number: number + 1)
        }
        try await writer.flush()
        return progress
    }

    /// What of an item goes into the target.
    private static func copied(_ item: StreamItem) -> Record? {
        switch item {
        case .record(let stored): stored.record
        case .missing(let gap): .gap(gap)
        case .fault: nil
        }
    }

    private static func nextKey(_ target: inout FrameStreamReader) async throws -> Key? {
        while let item = try await target.next() {
            if let record = copied(item), let key = Key(record) { return key }
        }
        return nil
    }

    /// Notes a record that the target has.
    private mutating func pass(_ record: Record) {
        switch record {
        case .frame(let frame):
            progress.existingFrameCount += 1
            progress.corruptFrameCount += frame.header.flags.contains(.corrupt) ? 1 : 0
        case .gap(let gap): progress.gapCount += gap.isLoss ? 1 : 0
        case .sourceBegin: sourceID += 1
        case .index, .sourceEnd, .mark: break
        }
    }

    private mutating func write(_ record: Record, isStandIn: Bool) async throws {
        switch record {
        case .frame(var frame):
            frame.header.position.sourceID = sourceID
            try await writer.append(frame)
            progress.frameCount += 1
            progress.corruptFrameCount += frame.header.flags.contains(.corrupt) ? 1 : 0
            progress.byteCount += UInt64(frame.payload.byteCount)
        case .gap(var gap):
            gap.position.sourceID = sourceID
            // Gaps of streams whose numbers were closed up stand for nothing.
            if isStandIn, gap.canStand(behind: await writer.totals.frameCount) {
                try await writer.appendStandIn(gap)
            } else {
                try await writer.append(gap)
            }
            progress.gapCount += gap.isLoss ? 1 : 0
        case .index: break
        case .sourceBegin(let begin):
            sourceID = try await writer.beginSource(
                name: begin.name,
                fingerprint: begin.fingerprint,
                selection: begin.selection,
                identity: begin.identity
            )
        case .sourceEnd(let end):
            try await writer.endSource(content: end.content, identity: end.identity)
        case .mark(let mark): try await writer.append(mark)
        }
    }
}

extension StreamItem {
    /// Whether it is a gap that stands for frames, or may.
    fileprivate var isStandIn: Bool {
        switch self {
        case .record(let stored): stored.standsFor != nil
        case .missing: true
        case .fault: false
        }
    }
}
