public import ByteStreams
internal import FrameFormat
public import FrameStreams
public import MediaStages
internal import Stages

/// Stores the frames of media in a stream: several inputs one behind the other.
///
/// An input that is in the stream already is left out; one that was interrupted goes on where it
/// stopped, when the same job runs again.
public struct IngestJob: Sendable {
    /// What is stored of each frame.
    public enum Payload: String, Sendable, CaseIterable {
        /// Decoded pictures.
        case raw
        /// Packets as they came.
        case packets
    }

    /// Files, URLs, numbered images, or `-` for standard input.
    public var inputs: [String]
    /// The stream to write: a path or a URL. It is made where it is missing.
    public var target: String
    /// How it is written.
    public var policy = StoragePolicy()
    /// What is stored of each frame.
    public var payload = Payload.raw
    /// Which frames.
    public var selection = FrameSelection()
    /// What pictures are converted to.
    public var conversion = Conversion()
    /// Another video stream than the first, counted from 0.
    public var videoStream: Int?
    /// How packets are decoded.
    public var decoding = Decode.Options()
    /// Whether packets are decoded beside storing them, for a census.
    public var takesCensus = true
    /// Whether only the content decides if an input is in the stream.
    public var checksContent = false

    /// Stores all pictures of inputs.
    public init(inputs: [String], to target: String) {
        self.inputs = inputs
        self.target = target
    }

    var storesPackets: Bool { payload == .packets }

    /// All that decides which frames come out, as one line. Streams hold it, so what it says of a
    /// job never changes.
    var selectionLine: String {
        var parts = ["payload=\(payload.rawValue)"]
        if let videoStream { parts.append("stream=\(videoStream)") }
        if let width = conversion.width, let height = conversion.height {
            parts.append("size=\(width)x\(height)")
        }
        if let format = conversion.pixelFormat { parts.append("format=\(format.name)") }
        switch selection.thinning {
        case .every(let step)?: parts.append("every=\(step)")
        case .rate(let rate)?: parts.append("rate=\(rate.numerator)/\(rate.denominator)")
        case nil: break
        }
        if selection.keyframesOnly { parts.append("keyframes") }
        if case .media(let time)? = selection.start { parts.append("start=\(time.value)ns") }
        if case .media(let time)? = selection.end { parts.append("end=\(time.value)ns") }
        return parts.joined(separator: " ")
    }
}
