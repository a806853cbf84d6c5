internal import Buffers
internal import DequeModule
internal import FFmpeg
internal import FrameFormat
internal import Pipelines
internal import Stages

/// A decoder with the pictures that it works on, for one run of packets of a kind.
///
/// Used by one task at a time.
final class DecodeSession {
    /// Which packets one decoder is good for.
    private struct Kind: Hashable {
        let sourceID: UInt64
        let codec: Codec
        let parameters: UInt64?
        /// Images of one sequence are turned each in its own way.
        let displayMatrix: FrameFormat.DisplayMatrix?

        init(_ header: FrameHeader) {
            sourceID = header.position.sourceID
            codec = header.codec
            parameters = header.codecParameters?.identity
            displayMatrix = header.displayMatrix
        }
    }

    /// FFmpeg rounds the width up before it looks at its limit; what is exact is checked here.
    private static let alignmentPixelCount = 64 << 16

    private let kind: Kind
    private let options: Decode.Options
    private let framer: PictureFramer
    private var inheritance: PictureFramer.Inheritance
    private let decoder: ExactDecoder
    private let copier: PictureCopier
    private let copiesAhead: Bool
    private var sentCount: UInt64 = 0
    private var clock = FollowingTime()
    /// Gaps of the source that wait for the first picture from behind them.
    private var waitingGaps: Deque<(packetCount: UInt64, gap: Gap)> = []
    /// What comes out next, in front of the picture that is copied.
    private var ready: Deque<Element> = []

    /// Opens a decoder for `frame` and what follows it.
    ///
    /// - Parameter copiesAhead: Whether one picture stays behind while it is copied, until
    ///   ``settle()``.
    /// - Throws: `badInput` when the packet's parameters are not at hand, or there is no decoder
    ///   for its codec.
    init(
        for frame: Frame,
        options: Decode.Options,
        pool: BufferPool,
        copiesAhead: Bool = false
    ) throws {
        let header = frame.header
        guard let parameters = header.codecParameters?.parameters else {
            throw StageError(
                .badInput,
                """
                frame \(header.sequence) is a packet of \(header.codec.name) behind the start of its group \
                of pictures; start at a keyframe
                """
            )
        }
        guard Int(header.width) * Int(header.height) <= options.pixelCountMaximum else {
            throw Self.tooLarge(options)
        }
        kind = Kind(header)
        self.options = options
        self.copiesAhead = copiesAhead
        framer = PictureFramer(pool: pool)
        inheritance = PictureFramer.Inheritance(frame)
        copier = try PictureCopier(framer)
        let media = frame.decoderParameters(parameters)
        let threadCount = Self.isExactWithThreads(media) ? options.threadCount : 1
        decoder = try ExactDecoder(threadCount: threadCount, pool: pool) { threadCount in
            try Self.makeDecoder(media, options, threadCount: threadCount)
        }
    }

    /// Whether FFmpeg decodes the same pixels with several threads as with one: of fields in MPEG-4
    /// it does not (B-frames look at the picture behind before its vectors are there).
    private static func isExactWithThreads(_ parameters: FFmpeg.CodecParameters) -> Bool {
        parameters.codecName != "mpeg4" || LayerFields.areCoded(by: parameters.extradata) == false
    }

    private static func makeDecoder(
        _ parameters: FFmpeg.CodecParameters,
        _ options: Decode.Options,
        threadCount: Int
    ) throws -> Decoder {
        let configuration = Decoder.Configuration(
            threadCount: threadCount,
            maximumPixelCount: options.pixelCountMaximum + alignmentPixelCount
        )
        do {
            return try Decoder(parameters, configuration)
        } catch {
            switch error.code {
            case .decoderNotFound:
                throw StageError(
                    .badInput,
                    "the FFmpeg in use has no decoder for \(parameters.codecName)"
                )
            case .tooManyPixels: throw tooLarge(options)
            default: throw error
            }
        }
    }

    private static func tooLarge(_ options: Decode.Options) -> StageError {
        StageError(
            .refused,
            """
            a picture has more than \(options.pixelCountMaximum) pixels; \
            raise the limit with --max-pixels if you trust the input
            """
        )
    }

    /// Whether the decoder is good for `frame`.
    func suits(_ frame: Frame) -> Bool {
        Kind(frame.header) == kind
    }

    /// Takes a packet; what it leads to comes out of ``receive(_:)``.
    func send(_ frame: Frame) throws {
        // The first packets of some streams have no times, and so no time base.
        if inheritance.timeBase == nil { inheritance.timeBase = frame.header.timeBase }
        sentCount += 1
        try decoding { try decoder.send(frame) }
    }

    /// Takes a gap of the source. It comes out in front of the first picture that begins behind it,
    /// which does not depend on how many pictures the decoder holds back.
    func send(_ gap: Gap) { waitingGaps.append((sentCount, gap)) }

    /// Notes that nothing follows.
    func finish() {
        clock.isAtEnd = true
        decoder.finish()
    }

    /// The next picture as a frame, or a gap; `nil` when the decoder needs more.
    func receive(_ numbers: inout PictureNumbers) throws -> Element? {
        while ready.isEmpty {
            let slot = copier.free
            switch try decoding({ try decoder.receive(into: &slot.picture) }) {
            case .needsPacket:
                return nil
            case .endOfStream:
                makeReady(try copier.finish())
                releaseGaps(before: .max, &numbers)
                if ready.isEmpty { return nil }
            case .refusal(let packet, let error):
                makeReady(try copier.finish())
                ready.append(.gap(numbers.gap(for: packet?.frame.header, detail: "\(error)")))
            case .picture(let mark, let packet):
                guard slot.picture.width * slot.picture.height <= options.pixelCountMaximum else {
                    throw Self.tooLarge(options)
                }
                makeReady(try copier.finish())
                releaseGaps(before: packet?.number ?? 0, &numbers)
                try take(slot, mark, packet?.frame.header, &numbers)
                if !copiesAhead { makeReady(try copier.finish()) }
            }
        }
        return ready.popFirst()
    }

    private func makeReady(_ frame: Frame?) {
        if let frame { ready.append(.frame(frame)) }
    }

    private func releaseGaps(before packetNumber: UInt64, _ numbers: inout PictureNumbers) {
        while let waiting = waitingGaps.first, waiting.packetCount < packetNumber {
            waitingGaps.removeFirst()
            ready.append(.gap(numbers.placed(waiting.gap)))
        }
    }

    /// What comes out next, for whoever needs no pixels. Not beside ``receive(_:)``.
    func receiveEvent() throws -> ExactDecoder.Event {
        let slot = copier.free
        let event = try decoding { try decoder.receive(into: &slot.picture) }
        if case .picture = event,
            slot.picture.width * slot.picture.height > options.pixelCountMaximum
        {
            throw Self.tooLarge(options)
        }
        return event
    }

    /// The picture that the decoder gave out last and that is still being copied; `nil` for none.
    /// Asked for before anything else is sent behind it, and before a wait.
    func settle() throws -> Element? {
        try copier.finish().map { .frame($0) }
    }

    /// Makes a frame of a picture, unless it is from before the start.
    private func take(
        _ slot: PictureCopier.Slot,
        _ mark: DamageSpread.Mark,
        _ packet: FrameHeader?,
        _ numbers: inout PictureNumbers
    ) throws {
        try scaleIfNeeded(slot)
        var outline = try framer.outline(of: slot.picture, inheriting: inheritance)
        switch mark {
        case .none: break
        case .damaged: outline.header.flags.insert(.corrupt)
        case .restsOnDamage: outline.header.flags.insert(.restsOnDamage)
        }
        if let packet, packet.isDiscontinuous, mark != .damaged {
            outline.header.flags.insert(.discontinuity)
        }
        clock.note(&outline.header)
        let frame = try numbers.numbered(outline, from: kind.sourceID, packet: packet?.position)
        if let frame { copier.begin(frame) }
    }

    private func scaleIfNeeded(_ slot: PictureCopier.Slot) throws {
        guard let fallback = options.fallback, let name = slot.picture.pixelFormat,
            PixelFormat(name: name)?.layout == nil
        else { return }
        let scaler = PictureScaler(width: nil, height: nil, pixelFormat: fallback)
        slot.picture = try scaler.scaled(slot.picture)
    }

    /// Says of a limit how it is raised.
    private func decoding<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FFmpegError where error.code == .tooManyPixels {
            throw Self.tooLarge(options)
        }
    }
}

extension FrameHeader {
    /// Whether the container says that a packet does not follow from the one before; the first
    /// version of this program called that corrupt.
    fileprivate var isDiscontinuous: Bool {
        !flags.isDisjoint(with: [.discontinuity, .corrupt])
    }
}
