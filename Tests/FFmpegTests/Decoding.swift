import Buffers
import Digests
import FFmpeg
import TestSupport

/// What comes out of a clip.
struct Decoding {
    var digest = ""
    var timestamps: [Int64?] = []
    var bestEffortTimestamps: [Int64?] = []
    var keys: [Bool] = []
    var corruptCount = 0
    var errorCount = 0
    var parameters: CodecParameters?

    var count: Int { timestamps.count }

    /// Decodes the first video stream as the `ffmpeg` command does: after an error it goes on.
    init(
        _ location: MediaLocation,
        _ configuration: Decoder.Configuration = .init(threadCount: 1)
    ) throws {
        var demuxer = try Demuxer(location)
        guard let index = demuxer.firstVideoStream else { throw Missing.video }
        demuxer.keep(only: [index])
        let parameters = demuxer.streams[index].parameters
        self.parameters = parameters
        var decoder = try Decoder(parameters, configuration)
        var hash = SHA256()
        var packet = try Packet()
        var picture = try Picture()
        while try demuxer.read(into: &packet) == .packet {
            try take(packet, &decoder, &picture, &hash)
        }
        try decoder.finish()
        try drain(&decoder, &picture, &hash)
        digest = hash.finish().hex
    }

    /// Decodes copies of packets without their container.
    init(
        _ packets: [StoredPacket],
        _ parameters: CodecParameters,
        _ configuration: Decoder.Configuration = .init(threadCount: 1)
    ) throws {
        var decoder = try Decoder(parameters, configuration)
        var hash = SHA256()
        var packet = try Packet()
        var picture = try Picture()
        for stored in packets {
            try stored.fill(&packet)
            try take(packet, &decoder, &picture, &hash)
        }
        try decoder.finish()
        try drain(&decoder, &picture, &hash)
        digest = hash.finish().hex
    }

    enum Missing: Error {
        case video
    }

    private mutating func take(
        _ packet: borrowing Packet,
        _ decoder: inout Decoder,
        _ picture: inout Picture,
        _ hash: inout SHA256
    ) throws {
        do {
            while try decoder.send(packet) == .full {
                try drain(&decoder, &picture, &hash)
            }
        } catch let error as FFmpegError where error.code != .tooManyPixels {
            errorCount += 1
        }
        try drain(&decoder, &picture, &hash)
        if decoder.takeComplaint() != nil { corruptCount += 1 }
    }

    private mutating func drain(
        _ decoder: inout Decoder,
        _ picture: inout Picture,
        _ hash: inout SHA256
    ) throws {
        while true {
            do {
                guard try decoder.receive(into: &picture) == .picture else { return }
            } catch  where error.code != .tooManyPixels {
                errorCount += 1
                continue
            }
            let bytes = try picture.tightBytes()
            hash.update(bytes.rawSpan)
            timestamps.append(picture.presentationTimestamp)
            bestEffortTimestamps.append(picture.bestEffortTimestamp)
            keys.append(picture.isKey)
            corruptCount += picture.isIncomplete ? 1 : 0
        }
    }
}

/// A packet as it would be written down.
struct StoredPacket {
    var bytes: [UInt8]
    var presentationTimestamp: Int64?
    var decodeTimestamp: Int64?
    var duration: Int64?
    var flags: Packet.Flags
    var sideData: [SideData]

    init(_ packet: borrowing Packet) {
        bytes = unsafe packet.bytes.withUnsafeBytes { unsafe Array($0) }
        presentationTimestamp = packet.presentationTimestamp
        decodeTimestamp = packet.decodeTimestamp
        duration = packet.duration
        flags = packet.flags
        sideData = packet.sideData
    }

    func fill(_ packet: inout Packet) throws {
        try packet.replaceBytes(with: bytes.rawSpan)
        packet.presentationTimestamp = presentationTimestamp
        packet.decodeTimestamp = decodeTimestamp
        packet.duration = duration
        packet.flags = flags
        for entry in sideData { try packet.add(entry) }
    }

    /// All packets of the first video stream, and its parameters.
    static func all(in location: MediaLocation) throws -> ([StoredPacket], CodecParameters) {
        var demuxer = try Demuxer(location)
        guard let index = demuxer.firstVideoStream else { throw Decoding.Missing.video }
        demuxer.keep(only: [index])
        let parameters = demuxer.streams[index].parameters
        var packet = try Packet()
        var packets: [StoredPacket] = []
        while try demuxer.read(into: &packet) == .packet { packets.append(StoredPacket(packet)) }
        return (packets, parameters)
    }
}

extension Demuxer {
    /// What `-map 0:v:0` chooses.
    var firstVideoStream: Int? { streams.first { $0.kind == .video }?.index }
}
