public import Buffers
public import FrameFormat
internal import FrameStreams
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

    /// Packets behind one by which its picture has come out.
    private static let delayMaximum: UInt64 = 1024

    /// Frames that were decoded, or compared.
    public private(set) var checkedCount: UInt64 = 0
    /// Packets of which nothing is known because one that they need is not there.
    public private(set) var skippedCount: UInt64 = 0
    /// Packets that give no picture and of which the decoder does not complain: they are hidden, or
    /// skipped as their codec has it.
    public private(set) var unshownCount: UInt64 = 0

    private let options: Decode.Options
    private let pool: BufferPool
    private var session: DecodeSession?
    /// Packets that were sent, and those of them whose picture has not come out, by their number.
    private var sentCount: UInt64 = 0
    private var pending: Set<UInt64> = []
    private var findings: [Finding] = []
    private var last: FrameHeader?
    private var lastMark = DamageSpread.Mark.none
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
        sentCount += 1
        if isLeading(frame.header.presentationTime?.time) {
            skippedCount += 1
        } else {
            checkedCount += 1
            if !frame.header.flags.contains(.discard) { pending.insert(sentCount) }
        }
        try current.send(frame)
        try receive(from: current)
        if pending.count > 2 * Self.delayMaximum {
            settle(pending.filter { $0 + Self.delayMaximum < sentCount })
        }
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
        while true {
            switch try session.receiveEvent() {
            case .needsPacket, .endOfStream:
                return
            case .refusal(let packet, let error):
                if let packet {
                    pending.remove(packet.number)
                    guard !isLeading(packet.frame.header.presentationTime?.time) else { continue }
                    report(packet.frame.header, "the packet does not decode: \(error)")
                } else if let last {
                    report(last, "a picture up to here does not decode: \(error)")
                }
            case .picture(let mark, let packet):
                if let packet { pending.remove(packet.number) }
                defer { lastMark = mark }
                guard mark != .none, let header = packet?.frame.header ?? last,
                    !isLeading(header.presentationTime?.time)
                else { continue }
                if mark == .damaged {
                    report(header, "the picture decodes with errors")
                } else if lastMark == .none {
                    // What it rests on was not shown.
                    report(header, "the picture rests on one that is damaged")
                }
            }
        }
    }

    private func drain() throws {
        guard let session else { return }
        self.session = nil
        session.finish()
        try receive(from: session)
        settle(pending)
        sentCount = 0
    }

    /// Notes that no picture of these packets comes out any more.
    private func settle(_ packets: Set<UInt64>) {
        unshownCount += UInt64(packets.count)
        pending.subtract(packets)
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

    private func takeFindings() -> [Finding] {
        defer { findings = [] }
        return findings
    }
}
