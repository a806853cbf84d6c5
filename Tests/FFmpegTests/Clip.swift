import Buffers
import FFmpeg
import TestSupport

/// Small clips, made with the module's own encoder and muxer.
struct Clip {
    var encoderName = "mpeg4"
    var pixelFormat = "yuv420p"
    var width = 96
    var height = 64
    var pictureCount = 12
    var options: Options = [:]
    var color = ColorValues()
    var displayMatrix: DisplayMatrix?
    var metadata: [String: String] = [:]
    var threadCount = 1

    static let timeBase = Fraction(1, 25)

    /// Writes the clip; its format follows from the end of `path`.
    func write(to path: String) throws {
        var muxer = try Muxer(path: path)
        var configuration = Encoder.Configuration(
            encoderName: encoderName,
            width: width,
            height: height,
            pixelFormat: pixelFormat,
            timeBase: Self.timeBase
        )
        configuration.frameRate = Fraction(25, 1)
        configuration.options = options
        configuration.color = color
        configuration.threadCount = threadCount
        configuration.usesGlobalHeader = muxer.wantsGlobalHeader
        var encoder = try Encoder(configuration)
        let stream = try muxer.addStream(
            encoder.parameters(),
            displayMatrix: displayMatrix,
            metadata: metadata
        )
        try muxer.writeHeader()
        var packet = try Packet()
        for index in 0..<pictureCount {
            let picture = try Self.picture(
                width: width,
                height: height,
                pixelFormat: pixelFormat,
                index: index
            )
            while try encoder.send(picture) == .full {
                try Self.drain(&encoder, into: &muxer, stream, &packet)
            }
            try Self.drain(&encoder, into: &muxer, stream, &packet)
        }
        try encoder.finish()
        try Self.drain(&encoder, into: &muxer, stream, &packet)
        try muxer.finish()
    }

    private static func drain(
        _ encoder: inout Encoder,
        into muxer: inout Muxer,
        _ stream: Int,
        _ packet: inout Packet
    ) throws {
        while try encoder.receive(into: &packet) == .packet {
            packet.streamIndex = stream
            packet.duration = 1
            try muxer.write(&packet)
        }
    }

    /// A picture whose bytes differ from place to place and from index to index.
    static func picture(
        width: Int,
        height: Int,
        pixelFormat: String,
        index: Int = 0
    ) throws -> Picture {
        var picture = try Picture(width: width, height: height, pixelFormat: pixelFormat)
        let count = try picture.tightByteCount()
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 3 / 2 + $0 / 97 + index * 5) }
        // What an encoder makes of samples with more bits than the format has is not defined.
        let depth = PixelFormatDescription(name: pixelFormat)?.depth ?? 8
        if (9..<16).contains(depth) {
            for high in stride(from: 1, to: count, by: 2) {
                bytes[high] &= UInt8(1 << (depth - 8) - 1)
            }
        }
        try picture.fillTight(from: bytes.rawSpan)
        picture.presentationTimestamp = Int64(index)
        return picture
    }
}

extension Picture {
    /// All visible rows.
    func tightBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachTightRun { run in
            unsafe run.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
