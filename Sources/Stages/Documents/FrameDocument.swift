internal import Buffers
public import FrameFormat

/// A frame's header as JSON: what `cat --as ndjson` prints and `manifest.ndjson` is made of.
///
/// Times come twice: exactly, as ticks with their time base, and in seconds for people.
public struct FrameDocument: Encodable, Sendable {
    /// A time with its base.
    public struct Time: Encodable, Sendable {
        let ticks: Int64
        let timeBase: String
        let seconds: Double
        let provenance: String

        init(_ stamped: StampedTime) {
            let time = stamped.time
            ticks = time.value
            timeBase = "\(time.timeBase.numerator)/\(time.timeBase.denominator)"
            seconds = time.seconds
            provenance = "\(stamped.provenance)"
        }
    }

    /// A piece of side data, without its bytes.
    public struct SideDataSummary: Encodable, Sendable {
        let origin: String
        let kind: String
        let byteCount: Int
    }

    /// What a decoder that starts at the frame is told besides, without its bytes.
    public struct ContextSummary: Encodable, Sendable {
        let kind: String
        let byteCount: Int

        /// `nil` where nothing is needed, or nobody noted it.
        static func all(of context: DecoderContext?) -> [ContextSummary]? {
            guard let pieces = context?.pieces, !pieces.isEmpty else { return nil }
            return pieces.map { ContextSummary(kind: $0.kind, byteCount: $0.bytes.count) }
        }
    }

    /// What the colours mean, where somebody said it.
    public struct Color: Encodable, Sendable {
        let range: String?
        let primaries: UInt8?
        let transfer: UInt8?
        let matrix: UInt8?
        let chromaLocation: UInt8?

        init?(_ color: ColorDescription) {
            guard color != .unspecified else { return nil }
            range =
                switch color.range.codePoint {
                case 1: "limited"
                case 2: "full"
                default: nil
                }
            primaries = Self.stated(color.primaries)
            transfer = Self.stated(color.transfer)
            matrix = Self.stated(color.matrix)
            chromaLocation =
                color.chromaLocation.codePoint == 0 ? nil : color.chromaLocation.codePoint
        }

        /// 2 is "unspecified" in H.273.
        private static func stated(_ property: ColorDescription.Property) -> UInt8? {
            property.codePoint == 2 ? nil : property.codePoint
        }
    }

    let type = "frame"
    let sequence: UInt64
    let source: UInt64
    let ordinal: UInt64
    let origin: UInt64
    let codec: String
    let width: UInt32
    let height: UInt32
    let pixelFormat: String?
    let flags: [String]
    let presentationTime: Time?
    let decodeTime: Time?
    let duration: Time?
    let captureNanoseconds: Int64?
    let color: Color?
    let sampleAspectRatio: String?
    let displayMatrix: [Int32]?
    let fieldOrder: String?
    let repeatCount: UInt8?
    let sideData: [SideDataSummary]?
    let decoderContext: [ContextSummary]?
    let byteCount: UInt64
    let epoch: UInt32

    /// Describes a frame; `payloadByteCount` stands in where the payload was not read.
    public init(_ frame: Frame, payloadByteCount: UInt64? = nil) {
        let header = frame.header
        sequence = header.sequence
        source = header.position.sourceID
        ordinal = header.position.ordinal
        origin = header.position.origin
        codec = header.codec.name
        width = header.width
        height = header.height
        pixelFormat = header.pixelFormat?.name
        flags = Self.names(of: header.flags)
        presentationTime = header.presentationTime.map(Time.init)
        decodeTime = header.decodeTime.map(Time.init)
        duration = header.duration.map(Time.init)
        captureNanoseconds = header.captureTime?.nanoseconds
        color = Color(header.color)
        sampleAspectRatio = header.sampleAspectRatio.map { "\($0.numerator):\($0.denominator)" }
        displayMatrix = header.displayMatrix?.elements
        fieldOrder = header.fieldOrder == .unknown ? nil : "\(header.fieldOrder)"
        repeatCount = header.repeatCount == 0 ? nil : header.repeatCount
        let pieces = frame.sideData.map {
            SideDataSummary(origin: "\($0.origin)", kind: $0.kind, byteCount: $0.bytes.byteCount)
        }
        sideData = pieces.isEmpty ? nil : pieces
        decoderContext = ContextSummary.all(of: header.decoderContext)
        byteCount = payloadByteCount ?? UInt64(frame.payload.byteCount)
        epoch = header.writerEpoch
    }

    private static func names(of flags: FrameFlags) -> [String] {
        let known: [(FrameFlags, String)] = [
            (.keyframe, "keyframe"), (.discontinuity, "discontinuity"), (.corrupt, "corrupt"),
            (.discard, "discard"), (.sourceKeyframe, "sourceKeyframe"), (.disposable, "disposable"),
            (.restsOnDamage, "restsOnDamage"),
        ]
        return known.filter { flags.contains($0.0) }.map(\.1)
    }
}

/// A gap as JSON.
public struct GapDocument: Encodable, Sendable {
    let type = "gap"
    let reason: String
    let source: UInt64
    let afterOrdinal: UInt64
    let unit: String
    let first: UInt64?
    let last: UInt64?
    let presentationSeconds: Double?
    let detail: String

    /// Describes a gap.
    public init(_ gap: Gap) {
        reason = "\(gap.reason)"
        source = gap.position.sourceID
        afterOrdinal = gap.position.ordinal
        unit = "\(gap.unit)"
        first = gap.first == 0 ? nil : gap.first
        last = gap.last == 0 ? nil : gap.last
        presentationSeconds = gap.presentationTime?.seconds
        detail = gap.detail
    }
}
