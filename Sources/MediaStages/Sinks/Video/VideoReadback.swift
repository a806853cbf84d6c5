internal import FFmpeg
internal import Stages
internal import SystemPackage

/// What a demuxer finds in a video file that was written: the packets that it shows, and whether
/// the last can be decoded.
struct VideoReadback {
    /// Packets that are decoded at most, from the last keyframe on.
    static let decodedPacketCountMaximum = 300

    /// Packets that are shown.
    private(set) var shownCount: UInt64 = 0
    /// Why no picture comes out of the last packets; `nil` if one does.
    private(set) var decodingProblem: String?

    private let path: FilePath

    /// The last keyframe: its place among the packets, and where a demuxer finds it.
    private struct Keyframe {
        var place = 0
        var timestamp: Int64?
    }

    /// Opens the file, counts, and decodes.
    ///
    /// - Throws: `inputOutput` for a file that cannot be opened or read; for a task that is
    ///   cancelled.
    init(_ path: FilePath, _ container: VideoContainer) throws {
        self.path = path
        do {
            var demuxer = try Demuxer(.file(path.string))
            let stream = try Self.stream(of: demuxer)
            let summary = demuxer.indexSummary(ofStream: stream)
            var keyframe = Keyframe()
            if container.hasWholeIndex {
                shownCount = UInt64(summary.shownCount)
                keyframe = Keyframe(
                    place: summary.lastKeyframe ?? 0,
                    timestamp: summary.lastKeyframeTimestamp
                )
            } else {
                keyframe = try count(&demuxer, stream)
            }
            try decode(from: keyframe)
        } catch let error as FFmpegError {
            throw StageError(
                .inputOutput,
                "\(path) was written and cannot be read again: \(error)"
            )
        }
    }

    private static func stream(of demuxer: borrowing Demuxer) throws(FFmpegError) -> Int {
        demuxer.streams.first { $0.kind == .video }?.index ?? 0
    }

    private mutating func count(_ demuxer: inout Demuxer, _ stream: Int) throws -> Keyframe {
        var packet = try Packet()
        var keyframe = Keyframe()
        var place = 0
        while try demuxer.read(into: &packet) == .packet {
            guard packet.streamIndex == stream else { continue }
            if packet.flags.contains(.key) {
                keyframe = Keyframe(
                    place: place,
                    timestamp: packet.decodeTimestamp ?? packet.presentationTimestamp
                )
            }
            if !packet.flags.contains(.discard) { shownCount += 1 }
            place += 1
            if place.isMultiple(of: 256) { try Task.checkCancellation() }
        }
        return keyframe
    }

    /// Decodes from the last keyframe, found by its time or else by its place.
    private mutating func decode(from keyframe: Keyframe) throws {
        guard shownCount > 0 else {
            decodingProblem = "there is no packet in it"
            return
        }
        if let timestamp = keyframe.timestamp,
            try decode(
                where: { packet, _ in
                    packet.flags.contains(.key)
                        && (packet.decodeTimestamp ?? packet.presentationTimestamp) == timestamp
                },
                seekingTo: timestamp
            )
        {
            guard decodingProblem != nil else { return }
            // Some demuxers go astray when they seek (segments of fragmented MP4 in HLS): what they
            // find then says nothing of the file.
            decodingProblem = nil
        }
        _ = try decode(where: { $1 == keyframe.place }, seekingTo: nil)
    }

    /// - Returns: Whether the packet was found at which decoding starts.
    private mutating func decode(
        where isStart: (borrowing Packet, Int) -> Bool,
        seekingTo timestamp: Int64?
    ) throws -> Bool {
        var demuxer = try Demuxer(.file(path.string))
        let stream = try Self.stream(of: demuxer)
        let parameters = demuxer.streams[stream].parameters
        if let timestamp {
            do throws(FFmpegError) {
                try demuxer.seek(to: timestamp, stream: stream)
            } catch {
                return false
            }
        }
        var tally: PictureTally
        do throws(FFmpegError) {
            tally = try PictureTally(parameters, threadCount: 0)
        } catch {
            // Without a decoder there is nothing to be learnt.
            if error.code != .decoderNotFound { decodingProblem = "\(error)" }
            return true
        }
        var packet = try Packet()
        var (place, sentCount) = (0, 0)
        while sentCount < Self.decodedPacketCountMaximum,
            try demuxer.read(into: &packet) == .packet
        {
            guard packet.streamIndex == stream else { continue }
            defer { place += 1 }
            guard sentCount > 0 || isStart(packet, place) else { continue }
            tally.send(packet)
            sentCount += 1
            try Task.checkCancellation()
        }
        guard sentCount > 0 else { return false }
        tally.finish()
        if tally.pictureCount == 0 {
            let reason = tally.refusal.map { ": \($0)" } ?? ""
            decodingProblem = "no picture comes out of its last \(sentCount) packets\(reason)"
        }
        return true
    }
}
