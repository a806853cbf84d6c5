import Buffers
import FrameFormat
import Images
import Stages
import TestSupport
import Testing

@testable import ImageStages

@Suite("ImageLine")
struct ImageLineTests {
    /// An image of a frame, told from others by its sequence.
    private static func image(_ number: Int, byteCount: Int = 10) -> EncodedImage {
        var header = FrameHeader(codec: .raw, width: 1, height: 1, pixelFormat: nil)
        header.sequence = UInt64(number)
        let bytes = [UInt8](repeating: 0, count: byteCount)
        let payload = BufferPool().makeBuffer(copying: bytes.rawSpan)
        return EncodedImage(
            header: header,
            frame: FrameDocument(Frame(header: header, payload: payload)),
            bytes: bytes,
            width: 1,
            height: 1,
            color: ColorDecision(header),
            digest: [],
            remark: nil
        )
    }

    @Test("whoever is done first, images are written in order, once, by one", arguments: 0..<200)
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let workerCount = Int.random(in: 1...5, using: &random)
        var line = ImageLine(workerCount: workerCount)
        var encoding: [ImageLine.Place] = []
        var writing: [EncodedImage]?
        var (begun, written) = (0, [UInt64]())
        let total = 60
        while written.count < total {
            let canBegin = begun < total && line.hasRoom(for: 100)
            // Something can always happen.
            #expect(canBegin || !encoding.isEmpty || writing != nil)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where canBegin:
                let place = line.begin(100)
                #expect(place.number == begun)
                encoding.append(place)
                begun += 1
                let most = encoding.count { $0.worker == place.worker }
                #expect(most <= ImageLine.frameCountPerWorker)
            case 1 where !encoding.isEmpty:
                let index = Int.random(in: 0..<encoding.count, using: &random)
                let place = encoding.remove(at: index)
                #expect(line.settle(.encoded(Self.image(place.number), place)).isEmpty)
            case 2:
                guard let images = writing else { continue }
                written += line.settle(.written(images)).map(\.header.sequence)
                writing = nil
            default: continue
            }
            if let images = line.beginWriting() {
                #expect(writing == nil && !images.isEmpty)
                writing = images
            }
        }
        #expect(written == (0..<UInt64(total)).map { $0 })
        #expect(line.beginWriting() == nil)
    }

    @Test("an empty line takes a frame of any size, and no second one beside it")
    func large() {
        var line = ImageLine(workerCount: 2)
        let size = ImageLine.frameByteCountMaximum * 2
        #expect(line.hasRoom(for: size))
        let place = line.begin(size)
        #expect(!line.hasRoom(for: 1))
        _ = line.settle(.encoded(Self.image(0), place))
        #expect(line.beginWriting()?.count == 1)
        #expect(line.hasRoom(for: size))
    }

    @Test("a slow writer holds up the encoding, by number and by bytes", arguments: [false, true])
    func slowWriter(isLarge: Bool) {
        var line = ImageLine(workerCount: 1)
        let byteCount = isLarge ? ImageLine.waitingByteCountMaximum / 4 : 1
        let room = isLarge ? 4 : ImageLine.waitingCountMaximum
        // The first is on its way to the disk, and those behind it wait.
        for number in 0...room {
            #expect(line.hasRoom(for: 1), "\(number)")
            let place = line.begin(1)
            _ = line.settle(.encoded(Self.image(number, byteCount: byteCount), place))
            #expect((line.beginWriting() != nil) == (number == 0))
        }
        #expect(!line.hasRoom(for: 1))
        _ = line.settle(.written([Self.image(0)]))
        #expect(line.beginWriting()?.count == room)
        #expect(line.hasRoom(for: 1))
    }
}
