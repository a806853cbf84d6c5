internal import FFmpeg
public import FrameFormat
public import Stages

/// What was found in an input: what is taken, and what is left out.
public struct MediaDescription: Sendable {
    /// One stream of the input.
    public struct Stream: Encodable, Sendable {
        /// Its place in the container.
        public let index: Int
        /// `video`, `audio`, `subtitle`, `data`, `attachment` or `unknown`.
        public let kind: String
        /// FFmpeg's name of the codec.
        public let codec: String
        /// Whether its frames are taken.
        public let isTaken: Bool
        let width: Int?
        let height: Int?
        let pixelFormat: String?
        let frameRate: String?
        let frameCount: Int64?
        let language: String?
    }

    /// The input's name.
    public let name: String
    /// FFmpeg's names of the container.
    public let formatName: String
    /// The length in seconds, where it is known.
    public let seconds: Double?
    /// All streams.
    public let streams: [Stream]
    /// Which of several versions of the same pictures is taken, for a person; `nil` where there is
    /// one.
    public let variant: String?
    let stream: MediaStream
    let isSeekable: Bool
    /// What kind of MP4 it says to be (`major_brand`).
    let brand: String?
    /// What the container cuts off the pictures of the chosen stream, in words.
    let cropping: String?

    init(
        _ demuxer: borrowing Demuxer,
        name: String,
        chosen: MediaStream,
        location: MediaLocation? = nil
    ) {
        self.name = name
        formatName = demuxer.formatName
        seconds = demuxer.duration.map { Double($0) / 1_000_000 }
        isSeekable = demuxer.isSeekable
        brand = demuxer.metadata["major_brand"]
        stream = chosen
        variant = Self.variant(chosen, of: demuxer.streams)
        if case .file(let path)? = location {
            cropping = StatedCropping(ofFile: path).lines[chosen.index]
        } else {
            cropping = nil
        }
        streams = demuxer.streams.map { stream in
            let isVideo = stream.kind == .video
            return Stream(
                index: stream.index,
                kind: stream.kind.rawValue,
                codec: stream.parameters.codecName,
                isTaken: stream.index == chosen.index,
                width: isVideo ? stream.parameters.width : nil,
                height: isVideo ? stream.parameters.height : nil,
                pixelFormat: stream.shownPixelFormat,
                frameRate: isVideo ? stream.averageFrameRate.map { "\($0)" } : nil,
                frameCount: stream.frameCount,
                language: stream.language
            )
        }
    }

    /// HLS and DASH offer the same pictures in several sizes and rates.
    private static func variant(_ chosen: MediaStream, of streams: [MediaStream]) -> String? {
        let variants = streams.filter {
            $0.kind == .video && $0.metadata["variant_bitrate"] != nil
        }
        let found = variants.firstIndex { $0.index == chosen.index }
        guard variants.count > 1, let place = found else { return nil }
        let rates = variants.map { $0.metadata["variant_bitrate"].flatMap(Int.init) ?? 0 }
        let size = "\(chosen.parameters.width)x\(chosen.parameters.height)"
        return "variant \(place + 1) of \(variants.count) is taken, \(size) at "
            + "\(rates[place]) bit/s; --video-stream takes another"
    }

    /// Columns and rows of a picture as the container says.
    public var size: (width: UInt32, height: UInt32) {
        (UInt32(clamping: stream.parameters.width), UInt32(clamping: stream.parameters.height))
    }

    /// The pixel format of the pictures, where it is known before they are decoded.
    public var pixelFormat: PixelFormat? {
        stream.shownPixelFormat.flatMap(PixelFormat.init(name:))
    }

    /// Frames in a second on average, where it is known.
    public var frameRate: Double? {
        stream.averageFrameRate.map { Double($0.numerator) / Double($0.denominator) }
    }

    /// Frames in all: what the container says, or what length and rate come to.
    public var frameCountEstimate: Double? {
        if let count = stream.frameCount { return Double(count) }
        guard let seconds, let frameRate else { return nil }
        return seconds * frameRate
    }
}

extension MediaDescription {
    /// Opens an input and describes it.
    ///
    /// `onWait` hears, once a wait, that the input has nothing more for now.
    ///
    /// - Throws: What an ingest of it would throw.
    public static func probe(
        _ input: MediaInput,
        onWait: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> MediaDescription {
        guard let location = input.locations.first else {
            throw StageError(.noInput, "there is no input \(input.name)")
        }
        let demuxer = try MediaOpening.open(
            location,
            name: input.name,
            interrupt: MediaOpening.interrupt(for: input.name, onWait: onWait)
        )
        return MediaDescription(
            demuxer,
            name: input.name,
            chosen: try MediaOpening.choose(nil, of: demuxer, name: input.name)
        )
    }
}

extension MediaDescription.Stream {
    /// One line for a person.
    public var line: String {
        var parts = ["\(index): \(kind) \(codec)"]
        if let width, let height { parts.append("\(width)x\(height)") }
        if let pixelFormat { parts.append(pixelFormat) }
        if let frameRate { parts.append("\(frameRate) frames/s") }
        if let frameCount { parts.append("\(frameCount) packets") }
        if let language { parts.append(language) }
        return parts.joined(separator: " ") + (isTaken ? "  <- taken" : "")
    }
}
