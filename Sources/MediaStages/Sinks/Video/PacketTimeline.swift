internal import FFmpeg
internal import FrameFormat

/// Places packets on one line of time as a container takes it, in ticks of one time base: decoded
/// one behind the other, and none shown before it is decoded. Pure.
///
/// Times of showing stay as they are, with these exceptions: what begins below zero is shifted
/// (``VideoStart``); a clock of MPEG-2 systems that begins again goes on; packets of another source
/// go on where the source before ended; a packet with the very times of the one in front comes a
/// tick later; without times, pictures in the order of their packets come at a steady rate. Times
/// of decoding are put right where that changes nothing that is shown, and worked out where they
/// are missing. Packets without a duration get that of the one before.
struct PacketTimeline {
    /// A packet's times in a file.
    struct Times: Hashable {
        var decode: Int64
        var presentation: Int64
        var duration: Int64
    }

    /// Seconds in a tick.
    let timeBase: Rational
    /// What all times are moved by.
    var origin: Int64 = 0
    /// The duration of a packet for which nothing tells one.
    var step: Int64
    /// Packets that had the times of the one in front of them.
    private(set) var repeatedCount = 0

    /// Whether no packet has a time, and each is shown when it is decoded.
    let isUntimed: Bool
    private let containerName: String
    /// Whether two packets may not be decoded at the same time.
    private let isStrict: Bool
    /// Packets that are decoded before the first of them is shown.
    private let delay: Int
    private var sourceID: UInt64?
    private var shift: Int64 = 0
    /// As stated, the clock's wraps undone.
    private var lastStated: (decode: Int64, presentation: Int64)?
    private var lastDecode: Int64?
    private var lastDuration: Int64?
    /// The end of what is shown last.
    private var end: Int64 = 0
    /// Times of showing of packets that are not shown yet, in order, where times of decoding lack.
    private var waiting: [Int64] = []

    /// Begins a file with `first`, which has the stream's parameters.
    init(_ first: FrameHeader, timeBase: Rational?, container: VideoContainer) {
        let known = timeBase ?? first.timeBase
        self.timeBase =
            known
            ?? Rational(FrameTimeline.rateDefault.denominator, FrameTimeline.rateDefault.numerator)
        let rate = FrameTimeline.rateDefault
        let frame = Rational(rate.denominator, rate.numerator).fraction
        step = max(1, frame.rescale(1, to: self.timeBase.fraction))
        containerName = container.fileExtension
        isStrict = !container.takesEqualTimes
        let delay = Int(max(0, min(first.codecParameters?.parameters?.videoDelay ?? 0, 16)))
        self.delay = delay
        isUntimed = known == nil && delay == 0
    }

    /// When a packet is decoded and shown, and for how long.
    ///
    /// - Throws: For a packet without times, and for one that belongs in front of those before it.
    mutating func place(_ header: FrameHeader) throws(RunBreak) -> Times {
        if isUntimed {
            let time = lastDecode.map { $0 + 1 } ?? 0
            lastDecode = time
            return Times(decode: time, presentation: time, duration: 1)
        }
        var (decode, presentation) = try stated(header)
        if header.position.sourceID != sourceID, let lastDecode {
            goOn(decode, presentation, behind: lastDecode)
        }
        let isBehind = lastStated.map { presentation >= $0.presentation } ?? false
        lastStated = (decode, presentation)
        decode += shift
        presentation += shift
        try arrange(&decode, &presentation, header, mayMove: isBehind)
        let duration = self.duration(header, decode)
        guard max(decode.magnitude, presentation.magnitude, duration.magnitude) <= Self.maximum
        else { throw broken(header, "comes later than a file can say") }
        sourceID = header.position.sourceID
        lastDecode = decode
        if header.duration != nil { lastDuration = duration }
        end = max(end, presentation + duration)
        return Times(
            decode: decode + origin,
            presentation: presentation + origin,
            duration: duration
        )
    }

    /// What the packet says, else what the one before did, else the time between the two.
    private func duration(_ header: FrameHeader, _ decode: Int64) -> Int64 {
        if let stated = ticks(header.duration), stated > 0 { return stated }
        if let lastDuration { return lastDuration }
        guard let lastDecode else { return step }
        return max(1, decode - lastDecode)
    }

    /// What the packet itself says, made whole.
    private mutating func stated(
        _ header: FrameHeader
    ) throws(RunBreak) -> (decode: Int64, presentation: Int64) {
        var decode = ticks(header.decodeTime)
        // Without pictures in another order, a packet is shown when it is decoded.
        guard var presentation = ticks(header.presentationTime) ?? (delay == 0 ? decode : nil)
        else { throw untimed(header) }
        if header.position.sourceID == sourceID, let lastStated {
            let last = lastStated.decode
            presentation = MPEGClock.unwrapped(presentation, after: last, timeBase: timeBase)
            decode = decode.map { MPEGClock.unwrapped($0, after: last, timeBase: timeBase) }
        }
        if let decode { return (decode, presentation) }
        return (derivedDecodeTime(presentation), presentation)
    }

    /// The time of decoding of a packet of which only the time of showing is known: the earliest of
    /// the times of showing of those that wait, as many as the decoder holds back.
    private mutating func derivedDecodeTime(_ presentation: Int64) -> Int64 {
        if waiting.isEmpty {
            let step = min(lastDuration ?? self.step, Self.stepMaximum)
            waiting = (0..<delay).map { presentation - Int64(delay - $0) * step }
        }
        let place = waiting.firstIndex { $0 > presentation } ?? waiting.endIndex
        waiting.insert(presentation, at: place)
        return waiting.removeFirst()
    }

    /// Lets what comes from another source go on behind the last, unless it does by itself.
    private mutating func goOn(_ decode: Int64, _ presentation: Int64, behind last: Int64) {
        waiting = []
        lastStated = nil
        guard decode + shift <= last || presentation + shift < end else { return }
        shift = max(end - presentation, last + 1 - decode)
    }

    /// Decoded behind the one in front, and not behind its own time of showing. A packet that
    /// repeats the times of the one in front, or was caught up by such packets, may move; by no
    /// more than a frame's duration.
    private mutating func arrange(
        _ decode: inout Int64,
        _ presentation: inout Int64,
        _ header: FrameHeader,
        mayMove: Bool
    ) throws(RunBreak) {
        decode = min(decode, presentation)
        guard let lastDecode else { return }
        let next = isStrict ? lastDecode + 1 : lastDecode
        guard decode < next else { return }
        let late = next - presentation
        guard late <= 0 || mayMove && late <= max(1, lastDuration ?? step) else {
            let time = header.presentationTime ?? header.decodeTime
            throw broken(
                header,
                "is shown at \(time?.time.seconds ?? 0) s, before the one in front of it"
            )
        }
        if late > 0 { repeatedCount += 1 }
        decode = next
        presentation = max(presentation, next)
    }

    private static let stepMaximum: Int64 = 1 << 50
    private static let maximum = FrameTimeline.tickMaximum.magnitude

    /// A time in ticks; `nil` for none, and beyond any clock.
    private func ticks(_ stamped: StampedTime?) -> Int64? {
        guard let time = stamped?.time else { return nil }
        let value =
            time.timeBase == timeBase
            ? time.value : time.timeBase.fraction.rescale(time.value, to: timeBase.fraction)
        return value.magnitude <= Self.maximum / 2 ? value : nil
    }

    private func broken(_ header: FrameHeader, _ words: String) -> RunBreak {
        RunBreak(
            sequence: header.sequence,
            reason: "frame \(header.sequence) \(words)",
            remedy: .parts
        )
    }

    private func untimed(_ header: FrameHeader) -> RunBreak {
        RunBreak(
            sequence: header.sequence,
            reason: """
                frame \(header.sequence) has no time, which a copy to \(containerName) needs
                """,
            remedy: .words(
                """
                encode anew with --codec h264, where frames without times come at \
                \(FrameTimeline.rateDefault.numerator) a second
                """
            )
        )
    }
}
