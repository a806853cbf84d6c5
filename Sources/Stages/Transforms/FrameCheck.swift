public import Buffers
public import FrameFormat
internal import Pipelines

/// Decodes frames only to see whether they can be, and compares raw ones with their description.
///
/// Used by one task at a time. Memory is bounded by what a decoder holds back.
public final class FrameCheck {
    /// Something that is wrong with a frame.
    public struct Finding: Hashable, Sendable {
        /// The number of the frame in its stream.
        public var sequence: UInt64
        /// When it is shown.
        public var time: MediaTime?
        /// What is wrong: lower case, no full stop.
        public var detail: String
    }

    /// A packet whose picture has not come out yet.
    private struct Pending {
        var sequence: UInt64
        var time: MediaTime
    }

    /// Packets behind one by which its picture has come out.
    private static let delayMaximum = 64

    /// Frames that were decoded, or compared.
    public private(set) var checkedCount: UInt64 = 0
    /// Packets of which nothing is known because one that they need is not there.
    public private(set) var skippedCount: UInt64 = 0

    private let options: Decode.Options
    private let pool: BufferPool
    private var session: DecodeSession?
    private var numbers = PictureNumbers()
    private var pending: [Pending] = []
    private var findings: [Finding] = []
    private var last: FrameHeader?
    private var isWaitingForKeyframe = true
    /// Pictures before this need packets from before the decoder's first.
    private var start: MediaTime?

    /// Prepares to check the frames of one stream.
    public init(decoding options: Decode.Options = Decode.Options(), pool: BufferPool) {
        self.options = options
        self.pool = pool
    }

    /// Checks the next frame of the stream; what is found out may concern those before.
    ///
    /// - Throws: What ends the decoding: a limit, a codec without a decoder, or a lack of memory.
    public func take(_ frame: Frame) throws -> [Finding] {
        defer { last = frame.header }
        if let last, last.sequence + 1 != frame.header.sequence {
            try drain()
            isWaitingForKeyframe = true
        }
        if frame.header.codec == .raw {
            try drain()
            checkedCount += 1
            if let detail = Self.misfit(frame) { report(frame.header, detail) }
        } else {
            try decode(frame)
        }
        return takeFindings()
    }

    /// Checks what the decoder still holds back.
    public func finish() throws -> [Finding] {
        try drain()
        return takeFindings()
    }

    /// What of a raw frame's payload does not fit its description.
    static func misfit(_ frame: Frame) -> String? {
        let header = frame.header
        guard let format = header.pixelFormat else { return "the pixel format is missing" }
        if let layout = format.layout {
            let planes = layout.planes(width: header.width, height: header.height)
            guard planes == header.planes else {
                return "the planes are not those of \(format.name)"
            }
        }
        let end = header.planes.map { plane in
            plane.offset + UInt64(plane.rowByteCount) * UInt64(plane.rowCount)
        }.max()
        guard let end, end == UInt64(frame.payload.byteCount) else {
            return "the payload has \(frame.payload.byteCount) bytes, its planes \(end ?? 0)"
        }
        return nil
    }

    private func decode(_ frame: Frame) throws {
        if let session, !session.suits(frame) {
            try drain()
            isWaitingForKeyframe = true
        }
        if frame.header.flags.contains(.keyframe) { isWaitingForKeyframe = false }
        guard !isWaitingForKeyframe else {
            skippedCount += 1
            return
        }
        let current = try session ?? open(for: frame)
        session = current
        guard !isLeading(frame.header.presentationTime?.time) else {
            skippedCount += 1
            // Packets behind it may refer to it.
            try current.send(frame)
            return try receive(from: current)
        }
        checkedCount += 1
        try current.send(frame)
        if let time = frame.header.presentationTime?.time,
            !frame.header.flags.contains(.discard), GroupStart.isPictureForPacket(frame.header)
        {
            pending.append(Pending(sequence: frame.header.sequence, time: time))
        }
        try receive(from: current)
        if pending.count > Self.delayMaximum { reportMissing(pending.removeFirst()) }
    }

    private func open(for frame: Frame) throws -> DecodeSession {
        start = GroupStart(frame) == .closed ? nil : frame.header.presentationTime?.time
        return try DecodeSession(for: frame, options: options, pool: pool)
    }

    private func isLeading(_ time: MediaTime?) -> Bool {
        guard let start, let time else { return false }
        return time.isBefore(start)
    }

    private func receive(from session: DecodeSession) throws {
        while let element = try session.receive(&numbers) {
            switch element {
            case .gap(let gap):
                let place = gap.presentationTime.flatMap { time in
                    pending.firstIndex { $0.time == time }
                }
                guard let packet = place.map({ pending.remove(at: $0) }) else {
                    if let last {
                        report(last, "a picture up to here does not decode: \(gap.detail)")
                    }
                    continue
                }
                findings.append(
                    Finding(
                        sequence: packet.sequence,
                        time: packet.time,
                        detail: "the packet does not decode: \(gap.detail)"
                    )
                )
            case .frame(let picture):
                let time = picture.header.presentationTime?.time
                let place = pending.firstIndex { $0.time == time }
                let packet = place.map { pending.remove(at: $0) }
                guard picture.header.flags.contains(.corrupt), !isLeading(time) else { continue }
                findings.append(
                    Finding(
                        sequence: packet?.sequence ?? last?.sequence ?? 0,
                        time: time,
                        detail: "the picture decodes with errors"
                    )
                )
            }
        }
    }

    private func drain() throws {
        guard let session else { return }
        self.session = nil
        session.finish()
        try receive(from: session)
        for packet in pending { reportMissing(packet) }
        pending = []
    }

    private func report(_ header: FrameHeader, _ detail: String) {
        findings.append(
            Finding(
                sequence: header.sequence,
                time: header.presentationTime?.time,
                detail: detail
            )
        )
    }

    private func reportMissing(_ packet: Pending) {
        findings.append(
            Finding(
                sequence: packet.sequence,
                time: packet.time,
                detail: "the packet gives no picture"
            )
        )
    }

    private func takeFindings() -> [Finding] {
        defer { findings = [] }
        return findings
    }
}
