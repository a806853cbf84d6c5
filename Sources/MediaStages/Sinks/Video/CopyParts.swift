internal import Buffers
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams
internal import Stages

/// Finds the runs of packets that one file can hold each, and fits packets to the file. Pure.
///
/// A file tells its decoder once what the extra data and the palette are. Parameter sets inside
/// packets change along with them, and stay inside them.
struct CopyParts {
    /// Parts that are named where a copy is refused.
    private static let namedCountMaximum = 16

    /// What holds for a packet.
    private struct State: Hashable {
        var codec: Codec
        var identity: UInt64?
        var lasting: [String: [UInt8]] = [:]
    }

    private let container: VideoContainer
    private let pool: BufferPool
    private var state: State?
    /// The extra data of the file.
    private var written: [UInt8]?
    /// What stands in front of keyframes where the extra data are no longer the file's.
    private var prefix: [UInt8] = []
    private var ranges: [ClosedRange<UInt64>] = []

    init(for container: VideoContainer, pool: BufferPool) {
        self.container = container
        self.pool = pool
    }

    /// Parts so far.
    var count: Int { ranges.count }

    /// Takes the next packet of the stream.
    ///
    /// - Returns: The packet for the file; `nil` if another part has begun, of which only the
    ///   numbers matter.
    mutating func take(_ frame: Frame) -> Frame? {
        let header = frame.header
        let isFirst = state == nil
        var next = State(
            codec: header.codec,
            identity: header.codecParameters?.identity,
            lasting: state?.lasting ?? [:]
        )
        frame.updateLasting(&next.lasting)
        if isFirst {
            written = next.lasting["new-extradata"]
            // Annex B passes through the filter unchanged.
            if container.wantsSetsInPackets(of: header.codec.name), written?.first == 1 {
                prefix = Self.prefix(next)
            }
        }
        let isSame = state.map { isHeld(from: $0, to: next) } ?? false
        state = next
        guard isSame, let last = ranges.last else {
            ranges.append(header.sequence...header.sequence)
            return isFirst ? fitted(frame.startingDecoder(pool), next) : nil
        }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, header.sequence)
        return ranges.count == 1 ? fitted(frame, next) : nil
    }

    private func isHeld(from old: State, to new: State) -> Bool {
        guard old.codec == new.codec, old.identity == new.identity else { return false }
        return DecoderContext.lastingKinds.allSatisfy { kind in
            old.lasting[kind] == new.lasting[kind]
                || container.keeps(kind, of: new.codec.name) && Self.areAlike(old, new)
        }
    }

    /// Whether units stand behind lengths of as many bytes.
    private static func areAlike(_ old: State, _ new: State) -> Bool {
        let lengths = [old, new].map { state in
            ParameterSets(
                codecName: state.codec.name,
                extraData: state.lasting["new-extradata"] ?? []
            )?.lengthByteCount
        }
        return lengths[0] == lengths[1]
    }

    /// A packet as the file needs it, whose extra data are `written`.
    private mutating func fitted(_ frame: Frame, _ state: State) -> Frame {
        let isBrought = frame.sideData.contains { $0.kind == "new-extradata" }
        var frame = frame
        frame.sideData.removeAll { $0.kind == "new-extradata" }
        if isBrought {
            let extraData = state.lasting["new-extradata"] ?? []
            // What was told once is not taken back by telling nothing.
            if extraData != written || !prefix.isEmpty { prefix = Self.prefix(state) }
        }
        guard !prefix.isEmpty, isBrought || frame.header.flags.contains(.keyframe) else {
            return frame
        }
        frame.payload = pool.makeBuffer(copying: (prefix + frame.payload.array).rawSpan)
        return frame
    }

    /// The parameter sets that hold, in the form of the packets.
    private static func prefix(_ state: State) -> [UInt8] {
        let extraData = state.lasting["new-extradata"] ?? []
        return ParameterSets(codecName: state.codec.name, extraData: extraData)?.prefix ?? []
    }

    /// Refuses what one file cannot hold.
    ///
    /// - Throws: `unsuitable`, with the parts that can be copied each.
    func requireOne() throws(StageError) {
        guard ranges.count > 1 else { return }
        let named = ranges.prefix(Self.namedCountMaximum)
            .map { "--frames \($0.lowerBound)..\($0.upperBound)" }
        let rest = ranges.count > named.count ? " and so on" : ""
        throw StageError(
            .unsuitable,
            """
            frame \(ranges[1].lowerBound) has other codec parameters than those before it, which \
            \(container.fileExtension) cannot hold; copy the parts apart, \(named.joined(separator: ", "))\
            \(rest), or encode anew with --codec h264
            """
        )
    }
}

extension Frame {
    /// Notes what holds from this packet on.
    fileprivate func updateLasting(_ lasting: inout [String: [UInt8]]) {
        let isFirst = lasting.isEmpty
        for kind in DecoderContext.lastingKinds {
            let own = sideData.first { $0.origin == .packet && $0.kind == kind }
            if let own {
                lasting[kind] = own.bytes.array
            } else if let context = header.decoderContext {
                lasting[kind] = context[kind]
            }
        }
        if isFirst || header.decoderContext != nil, lasting["new-extradata"] == nil {
            lasting["new-extradata"] = header.codecParameters?.parameters?.extraData
        }
    }
}

extension VideoContainer {
    /// Whether parameter sets stand in the packets alone. FFmpeg's filter for MPEG-TS puts those of
    /// the extra data of HEVC behind those that a keyframe brings, and decoders take the last.
    fileprivate func wantsSetsInPackets(of codecName: String) -> Bool {
        muxerName == "mpegts" && codecName == "hevc"
    }

    /// The extra data that a muxer is given: of `hvcC`, the part in front of the parameter sets,
    /// where these stand in the packets.
    func muxerExtraData(_ extraData: [UInt8], of codecName: String) -> [UInt8] {
        guard wantsSetsInPackets(of: codecName), extraData.first == 1, extraData.count > 22 else {
            return extraData
        }
        return extraData.prefix(22) + [0]
    }

    /// Whether what a packet brings can take the place of what was before.
    fileprivate func keeps(_ kind: String, of codecName: String) -> Bool {
        switch kind {
        case "new-extradata": muxerName == "mpegts" && ["h264", "hevc"].contains(codecName)
        case "palette": muxerName == "avi"
        default: false
        }
    }
}
