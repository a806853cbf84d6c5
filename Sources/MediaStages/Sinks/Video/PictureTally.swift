internal import Buffers
internal import FFmpeg
internal import FrameFormat

/// A decoder that counts what comes out of it, and keeps what the first picture looks like.
struct PictureTally: ~Copyable {
    /// What a picture is like.
    struct Look: Hashable {
        let width: Int
        let height: Int
        let pixelFormat: String?
        /// The checksum of all pixels; `nil` if they could not be read.
        let checksum: UInt32?
    }

    private(set) var pictureCount = 0
    private(set) var first: Look?
    /// Why the newest packet was refused; `nil` if it was not.
    private(set) var refusal: FFmpegError?
    private var decoder: Decoder
    private var picture: Picture

    init(_ parameters: FFmpeg.CodecParameters, threadCount: Int) throws(FFmpegError) {
        let picture = try Picture()
        let decoder = try Decoder(parameters, Decoder.Configuration(threadCount: threadCount))
        self.init(decoder, picture)
    }

    private init(_ decoder: consuming Decoder, _ picture: consuming Picture) {
        self.decoder = decoder
        self.picture = picture
    }

    mutating func send(_ packet: borrowing Packet) {
        refusal = nil
        do throws(FFmpegError) {
            while try decoder.send(packet) == .full { drain() }
        } catch {
            refusal = error
        }
        drain()
    }

    mutating func finish() {
        do throws(FFmpegError) {
            try decoder.finish()
        } catch {
            refusal = error
        }
        drain()
    }

    private mutating func drain() {
        // A decoder that refuses gives out what else it has when asked again.
        var refusalCount = 0
        while refusalCount < 2 {
            do throws(FFmpegError) {
                guard try decoder.receive(into: &picture) == .picture else { return }
                if pictureCount == 0 { first = look() }
                pictureCount += 1
            } catch {
                refusal = error
                refusalCount += 1
            }
        }
    }

    private func look() -> Look {
        var checksum: CRC32C? = CRC32C()
        do throws(FFmpegError) {
            var sum = CRC32C()
            try picture.forEachTightRun { sum = sum.appending($0) }
            checksum = sum
        } catch {
            checksum = nil
        }
        return Look(
            width: picture.width,
            height: picture.height,
            pixelFormat: picture.pixelFormat,
            checksum: checksum?.value
        )
    }
}
