import CFFmpeg

/// What a container says about one of its streams.
public struct MediaStream: Hashable, Sendable {
    /// What a stream carries.
    public enum Kind: String, Hashable, Sendable {
        /// Pictures.
        case video
        /// Sound.
        case audio
        /// Text or drawings to lay over the pictures.
        case subtitle
        /// Anything else that has times.
        case data
        /// Files that came along.
        case attachment
        /// FFmpeg cannot tell.
        case unknown
    }

    /// What the container says of a stream's role (AV_DISPOSITION_...).
    public struct Disposition: OptionSet, Hashable, Sendable {
        /// FFmpeg's bits.
        public let rawValue: Int32

        /// A disposition from FFmpeg's bits.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// The stream to choose among others of its kind.
        public static let `default` = Self(rawValue: AV_DISPOSITION_DEFAULT)
        /// A single picture such as the cover of an album. Its decoder should run on one thread,
        /// else the picture comes out only at the end.
        public static let attachedPicture = Self(rawValue: AV_DISPOSITION_ATTACHED_PIC)
    }

    /// The place in the container.
    public var index: Int
    /// The container's own number for it: a PID, a track, the playlist of HLS.
    public var id: Int
    /// What it carries.
    public var kind: Kind
    /// What a decoder has to know.
    public var parameters: CodecParameters
    /// What its timestamps count.
    public var timeBase: Fraction
    /// The first presentation timestamp in ``timeBase``; `nil` where it is not known.
    public var startTime: Int64?
    /// The duration in ``timeBase``; `nil` where it is not known.
    public var duration: Int64?
    /// Pictures or packets that the container claims; `nil` where it does not.
    public var frameCount: Int64?
    /// Pictures in a second on average; `nil` where it is not known.
    public var averageFrameRate: Fraction?
    /// The lowest rate that shows every picture at its time; a guess of FFmpeg.
    public var realFrameRate: Fraction?
    /// Width to height of a pixel as the container says; `nil` where it does not.
    public var sampleAspectRatio: Fraction?
    /// The stream's role.
    public var disposition: Disposition
    /// Everything that rides beside the stream, in FFmpeg's order.
    public var sideData: [SideData]
    /// Metadata such as `language` and `title`.
    public var metadata: [String: String]

    /// How its pictures are turned before they are shown, if the container says so.
    public var displayMatrix: DisplayMatrix? {
        sideData.first { $0.name == SideData.displayMatrix }
            .flatMap { DisplayMatrix(bytes: $0.bytes) }
    }

    /// Whether the container says that alpha stands beside the packets (Matroska's AlphaMode).
    public var statesAlpha: Bool { metadata["alpha_mode"].map { $0 != "0" } ?? false }

    /// The language, as the container spells it.
    public var language: String? { metadata["language"] }

    /// The title.
    public var title: String? { metadata["title"] }
}

extension MediaStream {
    init(_ stream: UnsafePointer<AVStream>) {
        let values = unsafe stream.pointee
        timeBase = unsafe Fraction(values.time_base)
        averageFrameRate = unsafe Fraction.known(values.avg_frame_rate)
        index = Int(unsafe values.index)
        id = Int(unsafe values.id)
        kind = unsafe Kind(values.codecpar.pointee.codec_type)
        parameters = unsafe CodecParameters(
            values.codecpar,
            frameRate: averageFrameRate,
            timeBase: timeBase
        )
        startTime = unsafe Timestamp.optional(values.start_time)
        let duration = unsafe Timestamp.optional(values.duration)
        self.duration = duration.flatMap { $0 > 0 ? $0 : nil }
        frameCount = unsafe values.nb_frames > 0 ? values.nb_frames : nil
        realFrameRate = unsafe Fraction.known(values.r_frame_rate)
        sampleAspectRatio = unsafe Fraction.known(values.sample_aspect_ratio)
        disposition = Disposition(rawValue: unsafe values.disposition)
        sideData = (0..<(unsafe cffmpeg_side_data_count(stream))).compactMap { index in
            guard let entry = unsafe cffmpeg_side_data(stream, index)?.pointee else { return nil }
            return SideData(
                name: SideDataNames.name(unsafe entry.type),
                bytes: unsafe Memory.copy(entry.data, entry.size)
            )
        }
        metadata = unsafe Dictionary(
            OptionDictionary.pairs(of: values.metadata).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

extension MediaStream.Kind {
    init(_ type: AVMediaType) {
        switch type {
        case AVMEDIA_TYPE_VIDEO: self = .video
        case AVMEDIA_TYPE_AUDIO: self = .audio
        case AVMEDIA_TYPE_SUBTITLE: self = .subtitle
        case AVMEDIA_TYPE_DATA: self = .data
        case AVMEDIA_TYPE_ATTACHMENT: self = .attachment
        default: self = .unknown
        }
    }
}
