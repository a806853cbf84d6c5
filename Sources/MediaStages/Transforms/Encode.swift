public import Buffers
internal import FFmpeg
internal import FrameFormat
public import Pipelines
internal import Stages

/// Turns raw frames into packets.
///
/// Times stay as they are, frame by frame: the encoder counts in the time base of the frames.
/// Frames of one source behind those of another go on where these end.
public struct Encode: Transform {
    /// How to encode.
    public struct Options: Hashable, Sendable {
        /// The encoder.
        public var codec: VideoCodec
        /// 1 to 100 (``VideoCodec``); not used beside `bitRate`.
        public var quality = VideoCodec.qualityDefault
        /// Bits in a second; `nil` for a quality.
        public var bitRate: Int?
        /// The encoder's own word for how much time it takes.
        public var preset: String?
        /// Further options of the encoder, by FFmpeg's names.
        public var further: [(name: String, value: String)] = []
        /// Where the packets go.
        public var container: VideoContainer

        /// The defaults.
        public init(codec: VideoCodec, container: VideoContainer) {
            self.codec = codec
            self.container = container
        }

        /// Whether all is the same.
        public static func == (left: Options, right: Options) -> Bool {
            left.codec == right.codec && left.quality == right.quality
                && left.bitRate == right.bitRate && left.preset == right.preset
                && left.container == right.container
                && left.further.elementsEqual(right.further, by: ==)
        }

        /// Hashes what differs most.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(codec)
            hasher.combine(quality)
        }
    }

    /// `encode`
    public static let kind = "encode"
    /// Encoding computes for long.
    public static let execution = StageExecution.blocking

    private let options: Options
    private let pool: BufferPool
    private let remark: @Sendable (String) -> Void

    /// Encodes into buffers of `pool`; `remark` hears once of what a person may want to know.
    public init(
        _ options: Options,
        pool: BufferPool,
        remark: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.options = options
        self.pool = pool
        self.remark = remark
    }

    /// Encodes everything, then what the encoder still holds back.
    ///
    /// - Throws: `unsuitable` for a picture that the encoder does not take, or that differs in size
    ///   or pixel format from those before it.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var session: EncodeSession?
        while let frame = try await input.nextFrame(forwardingGapsTo: &output) {
            let current = try session ?? EncodeSession(for: frame, options, pool, remark)
            session = current
            do {
                try current.send(frame)
            } catch let error as RunBreak {
                throw try await Self.survey(
                    error,
                    at: frame,
                    current.sequences,
                    options.codec.clock,
                    &input
                )
            }
            while let packet = try current.receive() { try await output.send(.frame(packet)) }
        }
        // What was stopped early is a video as well, only shorter.
        guard let session else { return }
        try session.finish()
        while let packet = try session.receive() { try await output.send(.frame(packet)) }
        if let text = session.closingRemark { remark(text) }
    }

    /// Reads on behind a frame that does not fit, to say which parts can be files of their own.
    private static func survey(
        _ error: RunBreak,
        at frame: Frame,
        _ done: ClosedRange<UInt64>,
        _ clock: EncoderClock,
        _ input: inout FrameInput
    ) async throws -> StageError {
        guard error.remedy == .parts else { return error.error() }
        var survey = RangeSurvey(from: done.lowerBound, through: done.upperBound) { first in
            var run = EncodableRun(first, clock: clock)
            return { header in _ = try run.place(header) }
        }
        survey.take(frame.header)
        while let element = try await input.next() {
            if case .frame(let frame) = element { survey.take(frame.header) }
        }
        survey.finish()
        return error.error(ranges: survey)
    }
}
