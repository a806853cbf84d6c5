import Buffers
import FrameFormat
import Testing

@Suite("who stated the aspect of pixels")
struct AspectFieldsTests {
    @Test("the fields come back, and a frame without them has neither")
    func roundTrip() throws {
        var frame = Frame(
            header: FrameHeader(codec: try #require(Codec(name: "h264")), width: 16, height: 16),
            payload: Samples.buffer([1, 2, 3])
        )
        frame.header.sequence = 1
        let place = RecordPlace(sequence: 1, writerEpoch: 1, indexDistance: 0)
        let plain = try Samples.encode(.frame(frame), at: place)
        frame.header.sampleAspectRatio = Rational(4, 3)
        frame.header.sampleAspectRatioProvenance = .container
        frame.header.codedSampleAspectRatio = Rational(1, 1)
        let stated = try Samples.encode(.frame(frame), at: place)
        func header(_ bytes: [UInt8]) throws -> FrameHeader {
            let item = try #require(RecordDecoder.items(of: bytes).first?.record)
            guard case .frame(let frame) = item.record else { throw FormatError.headerChecksum }
            return frame.header
        }
        #expect(try header(plain).sampleAspectRatioProvenance == .unspecified)
        #expect(try header(plain).codedSampleAspectRatio == nil)
        let found = try header(stated)
        #expect(found.sampleAspectRatio == Rational(4, 3))
        #expect(found.sampleAspectRatioProvenance == .container)
        #expect(found.codedSampleAspectRatio == Rational(1, 1))
        // Ids whose highest bit is clear, which earlier readers pass over.
        let field: [UInt8] = [20, 0, 1, 0, 2, 21, 0, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        let places = 0...(stated.count - field.count)
        #expect(places.contains { stated[$0..<($0 + field.count)].elementsEqual(field) })
    }
}
