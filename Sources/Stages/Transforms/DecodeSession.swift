internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import Pipelines

/// A decoder with the packet and the picture that it works on, for one run of packets of a kind.
///
/// Used by one task at a time.
final class DecodeSession {
    /// Which packets one decoder is good for.
    private struct Kind: Hashable {
        let sourceID: UInt64
        let codec: Codec
        let parameters: UInt64?

        init(_ header: FrameHeader) {
            sourceID = header.position.sourceID
            codec = header.codec
            parameters = header.codecParameters?.identity
        }
    }

    /// FFmpeg rounds the width up before it looks at its limit; what is exact is checked here.
    private static let alignmentPixelCount = 64 << 16

    private let kind: Kind
    private let options: Decode.Options
    private let framer: PictureFramer
    private var inheritance: PictureFramer.Inheritance
    private var decoder: Decoder
    private var packet: Packet
    private let copier: PictureCopier
    private let copiesAhead: Bool
    /// What comes behind the picture that is copied.
    private var gap: Gap?

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
        inheritance = PictureFramer.Inheritance(
            timeBase: header.timeBase,
            color: header.color.values,
            displayMatrix: header.displayMatrix
        )
        packet = try Packet()
        copier = try PictureCopier(framer)
        decoder = try Self.makeDecoder(header.decoderParameters(parameters), options)
    }

    private static func makeDecoder(
        _ parameters: FFmpeg.CodecParameters,
        _ options: Decode.Options
    ) throws -> Decoder {
        let configuration = Decoder.Configuration(
            threadCount: options.threadCount,
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

    /// Hands a packet to the decoder, from which everything has been taken out before.
    ///
    /// - Returns: A gap when the decoder refuses it.
    func send(_ frame: Frame, _ numbers: inout PictureNumbers) throws -> Gap? {
        // The first packets of some streams have no times, and so no time base.
        if inheritance.timeBase == nil { inheritance.timeBase = frame.header.timeBase }
        numbers.sent(frame.header.position)
        do {
            try packet.fill(from: frame)
            let acceptance = try decoder.send(packet)
            assert(
                acceptance == .accepted,
                "a decoder that has given out everything takes a packet"
            )
            return nil
        } catch let error as FFmpegError {
            return numbers.gap(for: frame.header, detail: try damage(error))
        }
    }

    /// Tells the decoder that nothing follows.
    ///
    /// - Returns: A gap when what the decoder held back is damaged.
    func finish(_ numbers: PictureNumbers) throws -> Gap? {
        do {
            try decoder.finish()
            return nil
        } catch {
            return numbers.gap(for: nil, detail: try damage(error))
        }
    }

    /// The next picture as a frame, or a gap for one that failed; `nil` when the decoder needs
    /// more.
    func receive(_ numbers: inout PictureNumbers) throws -> Element? {
        if let gap = gap.take() { return .gap(gap) }
        while true {
            let slot = copier.free
            do {
                guard case .picture = try decoder.receive(into: &slot.picture) else { return nil }
            } catch {
                let gap = numbers.gap(for: nil, detail: try damage(error))
                guard let frame = try copier.finish() else { return .gap(gap) }
                self.gap = gap
                return .frame(frame)
            }
            guard slot.picture.width * slot.picture.height <= options.pixelCountMaximum else {
                throw Self.tooLarge(options)
            }
            let earlier = try copier.finish()
            try take(slot, &numbers)
            if let earlier { return .frame(earlier) }
            if !copiesAhead, let element = try settle() { return element }
        }
    }

    /// The picture that the decoder gave out last and that is still being copied; `nil` for none.
    /// Asked for before anything else is sent behind it, and before a wait.
    func settle() throws -> Element? {
        try copier.finish().map { .frame($0) }
    }

    /// Makes a frame of a picture, unless it is from before the start.
    private func take(_ slot: PictureCopier.Slot, _ numbers: inout PictureNumbers) throws {
        try scaleIfNeeded(slot)
        let outline = try framer.outline(of: slot.picture, inheriting: inheritance)
        guard let frame = try numbers.numbered(outline, from: kind.sourceID) else { return }
        copier.begin(frame)
    }

    private func scaleIfNeeded(_ slot: PictureCopier.Slot) throws {
        guard let fallback = options.fallback, let name = slot.picture.pixelFormat,
            PixelFormat(name: name)?.layout == nil
        else { return }
        let scaler = PictureScaler(width: nil, height: nil, pixelFormat: fallback)
        slot.picture = try scaler.scaled(slot.picture)
    }

    /// What is said of damage in the data.
    ///
    /// - Throws: What ends the decoding: a limit, or a lack of memory.
    private func damage(_ error: FFmpegError) throws -> String {
        switch error.code {
        case .tooManyPixels:
            throw Self.tooLarge(options)
        case .outOfMemory:
            throw error
        default:
            return "\(error)"
        }
    }
}
