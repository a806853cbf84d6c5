internal import Buffers
internal import FFmpeg
public import FrameFormat
internal import Stages

/// A moving clip for demonstrations and tests; each picture carries its number, for people and for
/// programs.
public struct TestClip: Sendable {
    /// The narrowest clip: 24 blocks of four columns.
    public static let widthMinimum = 96
    /// The lowest clip.
    public static let heightMinimum = 64
    /// Blocks of the number at the bottom, the highest bit first.
    public static let bitCount = 24

    private let width: Int
    private let height: Int
    private let frameCount: Int
    private let rate: Rational

    /// Describes a clip; width and height are even.
    public init(width: Int, height: Int, frameCount: Int, rate: Rational) {
        precondition(width.isMultiple(of: 2) && height.isMultiple(of: 2), "4:2:0 wants even sizes")
        self.width = width
        self.height = height
        self.frameCount = frameCount
        self.rate = rate
    }

    /// Encodes the clip into a file, whose ending chooses the container: H.264 where there is an
    /// encoder for it, MPEG-4 otherwise.
    ///
    /// - Throws: `cannotCreate` where the file cannot be written.
    public func write(to path: String) throws {
        do {
            try encode(to: path)
        } catch let error as FFmpegError {
            throw StageError(.cannotCreate, "\(path) cannot be made: \(error)")
        }
    }

    private func encode(to path: String) throws {
        let names = Library.videoEncoderNames
        let isH264 = names.contains("libx264")
        var muxer = try Muxer(path: path)
        let timeBase = Fraction(Int32(clamping: rate.denominator), Int32(clamping: rate.numerator))
        var configuration = Encoder.Configuration(
            encoderName: isH264 ? "libx264" : "mpeg4",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            timeBase: timeBase
        )
        configuration.frameRate = rate.fraction
        configuration.usesGlobalHeader = muxer.wantsGlobalHeader
        configuration.options =
            isH264 ? Options([("preset", "veryfast")]) : Options([("qmin", "3")])
        configuration.color = FFmpeg.ColorValues(
            range: 1,
            primaries: 1,
            transfer: 1,
            matrix: 1,
            chromaLocation: 1
        )
        var encoder = try Encoder(configuration)
        _ = try muxer.addStream(try encoder.parameters())
        try muxer.writeHeader()
        var packet = try Packet()
        for number in 1...frameCount {
            var picture = try Picture(width: width, height: height, pixelFormat: "yuv420p")
            let pixels = pixels(number: number)
            try picture.fillTight(from: pixels.rawSpan)
            picture.presentationTimestamp = Int64(number - 1)
            picture.color = configuration.color
            _ = try encoder.send(picture)
            try Self.drain(&encoder, &packet, into: &muxer, timeBase)
        }
        try encoder.finish()
        try Self.drain(&encoder, &packet, into: &muxer, timeBase)
        try muxer.finish()
    }

    private static func drain(
        _ encoder: inout Encoder,
        _ packet: inout Packet,
        into muxer: inout Muxer,
        _ timeBase: Fraction
    ) throws {
        while try encoder.receive(into: &packet) == .packet {
            packet.timeBase = timeBase
            packet.streamIndex = 0
            if packet.duration == nil { packet.duration = 1 }
            try muxer.write(&packet)
        }
    }

    /// The planes of a picture, tight: a pattern that moves, the number as digits, the number as
    /// blocks.
    private func pixels(number: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 128, count: width * height * 3 / 2)
        for row in 0..<height {
            for column in 0..<width {
                bytes[row * width + column] = UInt8(
                    40 + ((column + 3 * number) / 8 + row / 8) % 16 * 10
                )
            }
        }
        for row in 0..<height / 2 {
            for column in 0..<width / 2 {
                let place = row * width / 2 + column
                bytes[width * height + place] = UInt8(
                    64 + (column * 2 + number) * 128 / width % 128
                )
                bytes[width * height * 5 / 4 + place] = UInt8(64 + row * 256 / height % 128)
            }
        }
        drawDigits(of: number, into: &bytes)
        drawBlocks(of: number, into: &bytes)
        return bytes
    }

    /// Digits of three by five cells each, in the upper left.
    private func drawDigits(of number: Int, into bytes: inout [UInt8]) {
        let cell = max(2, height / 40)
        for (place, digit) in String(number).enumerated() {
            guard let value = digit.wholeNumberValue else { continue }
            for row in 0..<7 {
                for column in 0..<5 {
                    let isInside = (1...5).contains(row) && (1...3).contains(column)
                    let isLit =
                        isInside
                        && Self.digits[value] >> (14 - ((row - 1) * 3 + column - 1)) & 1 == 1
                    fill(
                        &bytes,
                        column: (1 + place * 4 + column) * cell,
                        row: (1 + row) * cell,
                        width: cell,
                        height: cell,
                        value: isLit ? 235 : 16
                    )
                }
            }
        }
    }

    private func drawBlocks(of number: Int, into bytes: inout [UInt8]) {
        let block = width / Self.bitCount
        for bit in 0..<Self.bitCount {
            let isSet = number >> (Self.bitCount - 1 - bit) & 1 == 1
            fill(
                &bytes,
                column: bit * block,
                row: height - height / 8,
                width: block,
                height: height / 8,
                value: isSet ? 235 : 16
            )
        }
    }

    private func fill(
        _ bytes: inout [UInt8],
        column: Int,
        row: Int,
        width: Int,
        height: Int,
        value: UInt8
    ) {
        for y in row..<min(row + height, self.height) {
            for x in column..<max(column, min(column + width, self.width)) {
                bytes[y * self.width + x] = value
            }
        }
    }

    /// Three by five cells, the upper left in the highest of fifteen bits.
    private static let digits: [Int] = [
        0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111, 0b111_001_111_001_111,
        0b101_101_111_001_001, 0b111_100_111_001_111, 0b111_100_111_101_111, 0b111_001_010_010_010,
        0b111_101_111_101_111, 0b111_101_111_001_111,
    ]
}
