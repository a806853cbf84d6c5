public import Buffers
internal import FFmpeg
public import FrameFormat
public import FrameStreams
public import Pipelines

/// Turns packets into pictures; raw frames pass as they are,
/// numbers included.
///
/// Every picture that the decoder gives out becomes a frame, marked `corrupt` where it is damaged
/// and `restsOnDamage` where it was decoded from one that is; a packet that the decoder refuses
/// becomes a gap. All that is the same every time, whatever the number of threads. Pictures are
/// numbered in the order in which they come out: within their source by `position.ordinal`, over
/// all sources by `sequence`, so that a stream of packets and a stream of the same pictures are
/// addressed alike.
public struct Decode: Transform {
    /// How to decode.
    public struct Options: Hashable, Sendable {
        /// What a picture may have by default: 8192 x 4320 pixels.
        public static let pixelCountDefault = 8192 * 4320

        /// Threads of the decoder; 0 lets FFmpeg take one for each processor.
        public var threadCount = 0
        /// The most pixels of a picture.
        public var pixelCountMaximum = pixelCountDefault
        /// What pictures are converted to whose pixel format the frame format does not hold.
        public var fallback: PixelFormat?

        /// The defaults.
        public init() {}
    }

    /// `decode`
    public static let kind = "decode"
    /// Decoding computes for long.
    public static let execution = StageExecution.blocking

    private let options: Options
    private let start: DecodeStart?
    private let pool: BufferPool

    /// Decodes into buffers of `pool`, from the head of a stream or from `start`.
    public init(_ options: Options = Options(), from start: DecodeStart? = nil, pool: BufferPool) {
        self.options = options
        self.start = start
        self.pool = pool
    }

    /// Decodes everything, then what the decoder still holds back.
    ///
    /// A source that was stopped early is not drained: without the packets that would have
    /// followed, the decoder might give out other pictures than in an undisturbed run, and a
    /// resumed ingest would not match.
    ///
    /// - Throws: `DecodeStart.Mismatch`; what a decoder says.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var numbers = PictureNumbers(from: start)
        var next = try await input.next()
        while let element = next {
            switch element {
            case .gap(let gap):
                try await output.send(.gap(numbers.placed(gap)))
                next = try await input.next()
            case .frame(let frame) where frame.header.codec == .raw:
                try await output.send(.frame(numbers.passed(frame)))
                next = try await input.next()
            case .frame(let frame):
                next = try await decode(from: frame, &input, &output, &numbers)
            }
        }
    }

    /// Decodes the run of packets that begins with `first` and that one decoder is good for.
    ///
    /// - Returns: The element behind the run; `nil` at the end of the input.
    private func decode(
        from first: Frame,
        _ input: inout FrameInput,
        _ output: inout FrameOutput,
        _ numbers: inout PictureNumbers
    ) async throws -> Element? {
        let session = try DecodeSession(
            for: first,
            options: options,
            pool: pool,
            copiesAhead: true
        )
        var next: Element? = .frame(first)
        while let element = next {
            switch element {
            case .gap(let gap):
                session.send(gap)
            case .frame(let frame):
                guard session.suits(frame) else {
                    try await Self.drain(session, &numbers, to: &output)
                    return element
                }
                try session.send(frame)
                try await Self.forward(session, &numbers, to: &output)
            }
            // Of a camera, a picture does not wait for the one after it.
            if input.isEmpty { try await Self.settle(session, to: &output) }
            next = try await input.next()
        }
        if input.isStopped {
            try await Self.settle(session, to: &output)
        } else {
            try await Self.drain(session, &numbers, to: &output)
        }
        return nil
    }

    private static func drain(
        _ session: DecodeSession,
        _ numbers: inout PictureNumbers,
        to output: inout FrameOutput
    ) async throws {
        session.finish()
        try await forward(session, &numbers, to: &output)
        try await settle(session, to: &output)
    }

    private static func settle(
        _ session: DecodeSession,
        to output: inout FrameOutput
    ) async throws {
        if let element = try session.settle() { try await output.send(element) }
    }

    private static func forward(
        _ session: DecodeSession,
        _ numbers: inout PictureNumbers,
        to output: inout FrameOutput
    ) async throws {
        while let element = try session.receive(&numbers) {
            try await output.send(element)
        }
    }
}
